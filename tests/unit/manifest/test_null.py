from __future__ import annotations

from typing import Any

import pytest

from tests.unit.manifest.findings import VARIANTS, flag, found, segment, warned


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (flag(description=None), "spec.description"),
        (flag(segments=None), "spec.segments"),
        (flag(variants=[{"key": None}]), "spec.variants[0].key"),
        (flag(variants=[{"key": "on", "payload": None}]), "spec.variants[0].payload"),
        (flag(variants=[*VARIANTS, None]), "spec.variants[2]"),
        (segment(rollout={"percent": 5, "weights": None}), "spec.segments[0].rollout.weights"),
        (flag(metadata={"team": None}), "spec.metadata.team"),
    ],
)
def test_a_field_without_a_value_is_told_once(obj: Any, path: str):
    assert [(one.path, one.reason) for one in found(obj)] == [(path, "NullValue")]


def test_a_null_inside_a_payload_is_only_warned_of():
    (warning,) = warned(flag(variants=[{"key": "on", "payload": {"a": None}}]))
    assert (warning.path, warning.reason) == ("spec.variants[0].payload.a", "NullMember")
