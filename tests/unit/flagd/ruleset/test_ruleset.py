import json

import pytest

from flagd.ruleset import Cohort, Deployment, Ruleset, RulesetError, canonical_json, compute_revision

FLAG = {
    "key": "f",
    "variants": {"off": {"key": "off"}, "on": {"key": "on", "payload": [1.5, 2**70, "\ud800"]}},
    "segments": [{"variant": "on"}],
    "metadata": {"flagVersion": 1},
    "dependencies": [],
}
CONTENTS = {
    "flags": {"f": FLAG},
    "cohorts": {"vip": Cohort("User", frozenset({"b", "a"}))},
    "deployments": {"web": Deployment("Client", frozenset({"sha256:" + "0" * 64}))},
    "visibility": {"f": frozenset({"web", "ios"})},
}
RULESET = Ruleset(project="shop", revision=compute_revision(**CONTENTS), **CONTENTS)


def spoilt(place: str, value: object) -> object:
    """The JSON of RULESET with `value` at `place`."""
    whole = json.loads(json.dumps(RULESET.as_json()))
    *path, last = place.split(".")
    at = whole
    for step in path:
        at = at[int(step) if step.isdigit() else step]
    at[last] = value
    return whole


def test_a_ruleset_survives_its_json():
    assert Ruleset.from_json(json.loads(canonical_json(RULESET.as_json()))) == RULESET


def test_sets_are_written_in_order():
    written = RULESET.as_json()
    assert written["cohorts"]["vip"]["members"] == ["a", "b"]
    assert written["visibility"] == {"f": ["ios", "web"]}


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("flags", {}, "flags is dict, not list"),
        ("flags", None, "flags is NoneType, not list"),
        ("flags", [1], "flags[0] is int, not dict"),
        ("flags", [FLAG, FLAG], "flags[1].key is a second 'f'"),
        ("flags.0.key", None, "flags[0].key is NoneType, not str"),
        ("flags.0.variants", [], "flags[0].variants is list, not dict"),
        ("flags.0.variants.on", "on", "flags[0].variants.on is str, not dict"),
        ("flags.0.segments", None, "flags[0].segments is NoneType, not list"),
        ("flags.0.segments", [None], "flags[0].segments[0] is NoneType, not dict"),
        ("flags.0.metadata", 1, "flags[0].metadata is int, not dict"),
        ("flags.0.dependencies", "f", "flags[0].dependencies is str, not list"),
        ("cohorts", [], "cohorts is list, not dict"),
        ("cohorts.vip", 1, "cohorts.vip is int, not dict"),
        ("cohorts.vip.unit", 1, "cohorts.vip.unit is int, not str"),
        ("cohorts.vip.members", [1], "cohorts.vip.members[0] is int, not str"),
        ("deployments.web.type", "Both", "deployments.web.type is neither Client nor Server"),
        ("deployments.web.keyHashes", None, "deployments.web.keyHashes is NoneType, not list"),
        ("visibility.f", "web", "visibility.f is str, not list"),
        ("project", 1, "project is int, not str"),
        ("revision", 1, "revision is int, not str"),
    ],
)
def test_what_has_another_shape_is_refused_at_its_place(place, value, fault):
    with pytest.raises(RulesetError) as raised:
        Ruleset.from_json(spoilt(place, value))
    assert str(raised.value) == fault


@pytest.mark.parametrize("value", [None, [], "{}", 1])
def test_what_is_no_object_is_refused(value):
    with pytest.raises(RulesetError, match="ruleset is"):
        Ruleset.from_json(value)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("flags.0.segments.0.variant", "off"),
        ("cohorts.vip.members", ["a"]),
        ("deployments.web.type", "Server"),
        ("visibility.f", ["web"]),
        ("revision", "0" * 64),
    ],
)
def test_a_content_that_is_not_that_of_its_revision_is_refused(place, value):
    with pytest.raises(RulesetError, match="the content is that of revision"):
        Ruleset.from_json(spoilt(place, value))
