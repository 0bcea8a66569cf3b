from __future__ import annotations

import pytest

from flagd.manifest.validation.repair import MOST_REPAIRS
from tests.unit.flagd.manifest.findings import flag, found, resource, segment


def paths(obj):
    return [(one.path, one.reason) for one in found(obj)]


def test_what_the_rules_find_is_told_beside_a_wrong_type():
    assert paths(flag(allOtherUsers={"percent": 101, "weights": {"onn": 1}})) == [
        ("spec.allOtherUsers.percent", "InvalidPercent"),
        ("spec.allOtherUsers.weights.onn", "UnknownVariant"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [{"values": "CA"}, {"values": ["CA"], "op": "equals"}, {"values": [1]}, {"values": [""], "extra": 1}, {}],
)
def test_an_attribute_is_judged_beside_whatever_else_is_wrong_with_its_condition(wrong):
    told = paths(segment(match=[{"attribute": "country", **wrong}]))
    assert ("spec.segments[0].match[0].attribute", "InvalidAttribute") in told
    assert len(told) > 1


def test_no_fault_is_told_that_only_the_repair_made():
    told = paths(flag(variants=[{"key": True}], allOtherUsers={"percent": 5, "weights": {"on": 1}}))
    assert told == [("spec.variants[0].key", "WrongType")]


def test_a_missing_part_does_not_hide_the_rest():
    broken = {"name": "All Other Users", "match": [{"attribute": "user.country", "op": "is", "values": ["CA"]}]}
    assert paths(flag(segments=[broken])) == [
        ("spec.segments[0].rollout", "MissingField"),
        ("spec.segments[0].name", "ReservedName"),
    ]


def test_every_kind_is_repaired():
    assert ("spec.match[0].attribute", "InvalidAttribute") in paths(
        resource("FlagSegment", {"match": [{"attribute": "plan", "op": "is", "values": ["x"]}], "segmentRefs": 1})
    )
    slots = [{"name": "a", "percent": 5}]
    assert ("spec.slots", "NotAHundred") in paths(
        resource("FlagGroup", {"type": "MutualExclusion", "slots": slots, "bucketing": 1})
    )


def test_an_object_with_very_many_faults_is_left_to_its_author():
    told = paths(flag(deployments=list(range(MOST_REPAIRS + 1)), metadata={"flagVersion": 1}))
    assert ("spec.metadata.flagVersion", "ReservedName") not in told


def test_many_wrong_types_do_not_hide_what_the_rules_find_in_the_rest():
    wrong = [{"key": f"v{number}", "name": number} for number in range(60)]
    spec = {"active": True, "variants": wrong, "expires": "2027-02-30"}
    told = {path for path, _ in paths(flag(**spec))}
    assert {f"spec.variants[{number}].name" for number in range(60)} | {"spec.expires"} <= told
