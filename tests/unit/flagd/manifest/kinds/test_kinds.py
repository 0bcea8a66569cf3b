from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.unit.flagd.manifest.findings import flag, found, group, resource, warned


def cohort(members: int) -> dict[str, Any]:
    ids = [str(uuid.UUID(int=number)) for number in range(members)]
    return resource("FlagCohort", {"members": ids})


def test_a_cohort_has_its_limit():
    assert [one.reason for one in found(cohort(20_001))] == ["LimitExceeded"]


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (resource("FlagCohort", {"unit": "user"}), "spec.unit"),
        (flag(bucketing={"unit": "Users"}), "spec.bucketing.unit"),
        (group(type="Holdout", holdout={"percent": 5}, bucketing={"unit": "user"}), "spec.bucketing.unit"),
    ],
)
def test_a_unit_that_looks_like_user_is_warned_of(obj: dict[str, Any], path: str):
    (warning,) = warned(obj)
    assert (warning.path, warning.reason) == (path, "DoubtfulUnit")
    assert "did you mean `User`?" in warning.message


def test_a_key_hash_stands_once():
    key = "sha256:" + "a" * 64
    assert [one.reason for one in found(resource("FlagDeployment", {"type": "Client", "keyHashes": [key, key]}))] == [
        "Repeated"
    ]


def test_a_deployment_that_nobody_can_use_is_warned_of():
    assert [one.reason for one in warned(resource("FlagDeployment", {"type": "Server"}))] == ["NoKeys"]


def test_a_segment_refers_to_another_once():
    assert [one.path for one in found(resource("FlagSegment", {"segmentRefs": ["a", "b", "a"]}))] == [
        "spec.segmentRefs[2]"
    ]
