from __future__ import annotations

from typing import Any

import pytest

from tests.unit.manifest.findings import flag, found, segment, warned

WRONG: dict[str, tuple[Any, str, str, str]] = {
    "a variant named off": (flag(variants=[{"key": "OFF"}]), "spec.variants[0].key", "ReservedName", "`OFF`"),
    "two variants of one key": (
        flag(variants=[{"key": "a"}, {"key": "b"}, {"key": "a"}]),
        "spec.variants[2].key",
        "Repeated",
        "`a` stands at [0] already",
    ),
    "a reserved segment name": (
        segment(name="All Other Users"),
        "spec.segments[0].name",
        "ReservedName",
        "`All Other Users`",
    ),
    "a weight for no variant": (
        segment(rollout={"percent": 5, "weights": {"on": 1, "treatmnt": 1}}),
        "spec.segments[0].rollout.weights.treatmnt",
        "UnknownVariant",
        "did you mean `treatment`?",
    ),
    "a weight for off": (
        flag(allOtherUsers={"percent": 5, "weights": {"on": 1, "off": 1}}),
        "spec.allOtherUsers.weights.off",
        "UnknownVariant",
        "`off` takes no weight",
    ),
    "a weight whose key was not quoted": (
        flag(allOtherUsers={"percent": 5, "weights": {"true": 1}}),
        "spec.allOtherUsers.weights.true",
        "UnknownVariant",
        'an unquoted on, yes or true arrives as "true": quote it',
    ),
    "no weight at all": (
        flag(allOtherUsers={"percent": 5, "weights": {"on": 0}}),
        "spec.allOtherUsers.weights",
        "AllZero",
        "leave weights out",
    ),
    "an empty list of weights": (
        flag(allOtherUsers={"percent": 5, "weights": {}}),
        "spec.allOtherUsers.weights",
        "AllZero",
        "leave weights out",
    ),
    "a day that does not exist": (flag(expires="2027-02-30"), "spec.expires", "InvalidForm", "no day of the calendar"),
    "a bucketing key that names nothing": (
        flag(bucketing={"key": "user.id"}),
        "spec.bucketing.key",
        "InvalidAttribute",
        "did you mean `user.user_id`?",
    ),
    "a bucketing key that is a list": (
        flag(bucketing={"key": "user.cohort_ids"}),
        "spec.bucketing.key",
        "InvalidAttribute",
        "is a list",
    ),
    "metadata that Amplitude sets": (
        flag(metadata={"flagVersion": 1}),
        "spec.metadata.flagVersion",
        "ReservedName",
        "`flagVersion`",
    ),
    "a deployment named twice": (flag(deployments=["web", "web"]), "spec.deployments[1]", "Repeated", "`web`"),
    "a segment referred to twice": (
        segment(segmentRefs=["a", "a"]),
        "spec.segments[0].segmentRefs[1]",
        "Repeated",
        "`a`",
    ),
    "a prerequisite named twice": (
        flag(prerequisites={"flags": [{"key": "a", "variants": ["on"]}, {"key": "a", "variants": ["off"]}]}),
        "spec.prerequisites.flags[1].key",
        "Repeated",
        "`a`",
    ),
    "a variant of a prerequisite named twice": (
        flag(prerequisites={"flags": [{"key": "a", "variants": ["on", "on"]}]}),
        "spec.prerequisites.flags[0].variants[1]",
        "Repeated",
        "`on`",
    ),
    "a group named twice": (
        flag(memberOf=[{"group": "g", "slot": "a"}, {"group": "g", "slot": "b"}]),
        "spec.memberOf[1].group",
        "Repeated",
        "`g`",
    ),
    "a cohort of testers named twice": (
        flag(offTesters={"cohorts": ["a", "a"]}),
        "spec.offTesters.cohorts[1]",
        "Repeated",
        "`a`",
    ),
    "a key of too many bytes": (flag(key="ä" * 129), "spec.key", "LimitExceeded", "256 bytes"),
    "a payload of null": (flag(offPayload=None), "spec.offPayload", "NullValue", "has no value"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_a_flag_that_contradicts_itself_is_refused(case: tuple[Any, str, str, str]):
    obj, path, reason, says = case
    (finding,) = found(obj)
    assert (finding.path, finding.reason) == (path, reason)
    assert says in finding.message


@pytest.mark.parametrize(
    "obj",
    [
        flag(),
        flag(variants=[{"key": "office"}, {"key": "offer"}]),
        flag(expires="2028-02-29"),
        flag(prerequisites={"flags": [{"key": "a", "variants": ["off"]}]}),
        flag(bucketing={"unit": "company", "key": "groups.company.properties.region"}),
        flag(metadata={"team": "payments", "tier": 1, "share": 0.5, "critical": True}),
        flag(variants=[{"key": "on", "payload": False}, {"key": "b", "payload": ""}, {"key": "c", "payload": 0}]),
        segment(rollout={"percent": 5.0, "weights": {"on": 1.0, "treatment": 0}}),
    ],
)
def test_a_flag_that_is_right_is_accepted_without_a_word(obj: Any):
    assert found(obj) == []


def test_two_segments_of_one_name_are_warned_of():
    one = segment()["spec"]["segments"][0]
    assert [(w.path, w.reason) for w in warned(flag(segments=[one, one]))] == [("spec.segments[1].name", "Repeated")]


def test_a_payload_of_false_is_kept_apart_from_none():
    from flagd.manifest import Flag, validate

    resource, _ = validate(flag(variants=[{"key": "on", "payload": False}, {"key": "b"}]))
    assert isinstance(resource, Flag)
    assert [variant.payload for variant in resource.spec.variants] == [False, None]
