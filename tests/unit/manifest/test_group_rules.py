from __future__ import annotations

from typing import Any

import pytest

from tests.unit.manifest.findings import found, resource

SLOTS = [{"name": "slot-1", "percent": 60}, {"name": "slot-2", "percent": 40}]


def group(**spec: Any) -> dict[str, Any]:
    return resource("FlagGroup", spec)


@pytest.mark.parametrize(
    "obj",
    [
        group(type="MutualExclusion", slots=SLOTS),
        group(type="Holdout", holdout={"percent": 5, "include": {"userIds": ["ann"]}}),
        group(type="Holdout", holdout={"percent": 5}, bucketing={"unit": "company"}),
    ],
)
def test_a_group_that_is_right_is_accepted(obj: Any):
    assert found(obj) == []


@pytest.mark.parametrize(
    ("obj", "path", "reason"),
    [
        (group(type="MutualExclusion"), "spec.slots", "MissingField"),
        (group(type="Holdout"), "spec.holdout", "MissingField"),
        (group(type="Holdout", holdout={"percent": 5}, slots=SLOTS), "spec.slots", "UnwantedField"),
        (group(type="MutualExclusion", slots=SLOTS, holdout={"percent": 5}), "spec.holdout", "UnwantedField"),
        (group(type="MutualExclusion", slots=SLOTS[:1]), "spec.slots", "NotAHundred"),
        (
            group(type="MutualExclusion", slots=[SLOTS[0], {**SLOTS[1], "name": "slot-1"}]),
            "spec.slots[1].name",
            "Repeated",
        ),
        (
            group(type="MutualExclusion", slots=[SLOTS[0], {**SLOTS[1], "name": "unallocated"}]),
            "spec.slots[1].name",
            "ReservedName",
        ),
        (group(type="MutualExclusion", slots=[{"name": "a", "percent": 101}]), "spec.slots[0].percent", "OutOfRange"),
        (group(type="MutualExclusion", slots=[{"name": "a", "percent": "5"}]), "spec.slots[0].percent", "WrongType"),
        (group(type="Holdout", holdout={"percent": 0}), "spec.holdout.percent", "OutOfRange"),
        (group(type="Holdout", holdout={"percent": 100}), "spec.holdout.percent", "OutOfRange"),
        (
            group(type="Holdout", holdout={"percent": 5}, bucketing={"key": "x"}),
            "spec.bucketing.key",
            "InvalidAttribute",
        ),
    ],
)
def test_a_group_that_contradicts_itself_is_refused(obj: Any, path: str, reason: str):
    assert [(one.path, one.reason) for one in found(obj)] == [(path, reason)]


def test_the_sum_of_the_slots_is_told():
    (finding,) = found(group(type="MutualExclusion", slots=SLOTS[:1]))
    assert finding.message == "the slots sum to 60 percent; they must sum to 100"
