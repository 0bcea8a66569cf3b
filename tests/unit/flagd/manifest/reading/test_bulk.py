"""Whoever writes a manifest is told before the API server or etcd refuses it, of whatever kind it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flagd.manifest import Severity, read_text
from tests.unit.flagd.manifest.findings import flag, resource


def cohort(kib: int, member: str = "x" * 1021) -> dict[str, Any]:
    """Of members that take so many KiB with their quotes and commas."""
    return resource("FlagCohort", {"members": [member] * kib})


def with_testers(kib: int) -> dict[str, Any]:
    return flag(variants=[{"key": "on"}, {"key": "b", "testers": {"userIds": ["x" * 1021] * kib}}])


def annotated(kib: int) -> dict[str, Any]:
    return resource(
        "FlagSegment", {"match": [{"op": "in cohort", "values": ["a"]}]}, annotations={"a": "x" * kib * 1024}
    )


@pytest.mark.parametrize(
    ("obj", "reason", "path"),
    [
        (cohort(250), None, ""),
        (cohort(257), "ServerSideApplyNeeded", "spec.members"),
        (cohort(1_490), "ServerSideApplyNeeded", "spec.members"),
        (cohort(1_505), "TooLargeForCluster", "spec.members"),
        (cohort(800, "ü" * 511), "ServerSideApplyNeeded", "spec.members"),
        (cohort(1_600, "ü" * 511), "TooLargeForCluster", "spec.members"),
        (with_testers(1_600), "TooLargeForCluster", "spec.variants"),
        (annotated(300), "ServerSideApplyNeeded", "metadata.annotations"),
    ],
)
def test_what_is_too_large_is_warned_of_with_its_size(obj: dict[str, Any], reason: str | None, path: str):
    found = read_text(json.dumps(obj, ensure_ascii=False)).diagnostics
    assert [(one.reason, one.path, one.severity) for one in found] == (
        [(reason, path, Severity.WARNING)] if reason else []
    )


def test_each_item_of_a_list_is_weighed_alone():
    text = json.dumps(
        {"apiVersion": "v1", "kind": "List", "items": [cohort(200), {**cohort(200), "metadata": {"name": "b"}}]}
    )
    assert read_text(text).diagnostics == ()


def test_the_message_says_what_to_do():
    plain, none = (read_text(json.dumps(cohort(kib))).diagnostics[0].message for kib in (300, 1_600))
    assert plain.startswith("the object takes 300 KiB")
    assert "kubectl apply --server-side" in plain
    assert none.startswith("the object takes 1,600 KiB: no cluster takes more than 1,500 KiB")
    assert "split it" in none
