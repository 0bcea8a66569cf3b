import pytest

from flagd.ruleset.cohort import Cohort
from flagd.ruleset.deployment import Deployment
from flagd.ruleset.forms.jsonform import (
    RulesetError,
    cohort_to_json,
    cohorts_from_json,
    deployment_to_json,
    deployments_from_json,
    flags_from_json,
    visibility_from_json,
    visibility_to_json,
)

FLAG = {"key": "f", "variants": {"on": {"key": "on"}}, "segments": [{}]}
HASH = "sha256:" + "0" * 64


def test_what_is_written_is_read_again():
    cohort, deployment = Cohort("User", frozenset("ba")), Deployment("Server", frozenset([HASH]))
    assert cohort_to_json(cohort) == {"unit": "User", "members": ["a", "b"]}
    assert cohorts_from_json({"c": cohort_to_json(cohort)}) == {"c": cohort}
    assert deployments_from_json({"d": deployment_to_json(deployment)}) == {"d": deployment}
    seen = {"f": frozenset(["web", "app"])}
    assert visibility_to_json(seen) == {"f": ["app", "web"]}
    assert visibility_from_json(visibility_to_json(seen)) == seen
    assert flags_from_json([FLAG]) == {"f": FLAG}


@pytest.mark.parametrize(
    ("read", "value", "place"),
    [
        (flags_from_json, {}, "flags is dict, not list"),
        (flags_from_json, [1], r"flags\[0\] is int"),
        (flags_from_json, [FLAG, FLAG], r"flags\[1\].key is a second 'f'"),
        (flags_from_json, [FLAG | {"variants": {"on": 1}}], r"flags\[0\].variants.on is int"),
        (flags_from_json, [FLAG | {"segments": [None]}], r"flags\[0\].segments\[0\] is NoneType"),
        (flags_from_json, [FLAG | {"metadata": []}], r"flags\[0\].metadata is list"),
        (flags_from_json, [FLAG | {"dependencies": [1]}], r"flags\[0\].dependencies\[0\] is int"),
        (cohorts_from_json, {"c": {"unit": 1, "members": []}}, "cohorts.c.unit is int"),
        (cohorts_from_json, {"c": {"unit": "User", "members": [1]}}, r"cohorts.c.members\[0\] is int"),
        (deployments_from_json, {"d": {"type": "Odd", "keyHashes": []}}, "deployments.d.type is neither"),
        (deployments_from_json, {"d": {"type": "Client", "keyHashes": ["x"]}}, "deployments.d.keyHashes are not all"),
        (visibility_from_json, {"f": "web"}, "visibility.f is str, not list"),
    ],
)
def test_a_fault_is_refused_with_its_place(read, value, place):
    with pytest.raises(RulesetError, match=place):
        read(value)
