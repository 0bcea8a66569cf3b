from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest import Flag, validate
from tests.unit.flagd.manifest.findings import VARIANTS, flag, found, segment, warned


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (flag(description=None), "spec.description"),
        (flag(segments=None), "spec.segments"),
        (flag(variants=[{"key": "on", "testers": None}]), "spec.variants[0].testers"),
        (segment(rollout={"percent": 5, "weights": None}), "spec.segments[0].rollout.weights"),
        (flag(metadata={"team": None}), "spec.metadata.team"),
    ],
)
def test_a_field_without_a_value_counts_as_absent(obj: Any, path: str):
    assert [(one.path, one.reason) for one in warned(obj)] == [(path, "NullValue")]


def test_what_counts_as_absent_is_absent():
    resource, _ = validate(flag(description=None, metadata={"team": None, "tier": 1}))
    assert isinstance(resource, Flag)
    assert resource.spec.description is None
    assert resource.spec.metadata == {"tier": 1}


@pytest.mark.parametrize(
    ("obj", "path", "reason"),
    [
        (flag(variants=[{"key": None}]), "spec.variants[0].key", "MissingField"),
        (flag(variants=[*VARIANTS, None]), "spec.variants[2]", "WrongType"),
        (flag(variants=None), "spec.variants", "MissingField"),
        (flag(variants=[{"key": "on", "payload": None}]), "spec.variants[0].payload", "NullValue"),
        (flag(offPayload=None), "spec.offPayload", "NullValue"),
    ],
)
def test_a_value_that_is_needed_is_told_once(obj: Any, path: str, reason: str):
    assert [(one.path, one.reason) for one in found(obj)] == [(path, reason)]


def test_a_null_inside_a_payload_is_kept_and_warned_of():
    obj = flag(description=None, variants=[{"key": "on", "payload": {"a": None}}])
    assert [(one.path, one.reason) for one in warned(obj)] == [
        ("spec.variants[0].payload.a", "NullMember"),
        ("spec.description", "NullValue"),
    ]
    resource, _ = validate(obj)
    assert isinstance(resource, Flag)
    assert resource.spec.variants[0].payload == {"a": None}


def test_nulls_however_deep_do_no_harm():
    deep: Any = None
    for _ in range(10_000):
        deep = {"a": deep}
    assert found(flag(bucketing=deep))
