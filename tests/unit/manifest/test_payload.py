from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest.path import format_path
from flagd.manifest.payload import EXACT, MAX_DEPTH, check_payload


def found(payload: Any) -> list[tuple[str, str]]:
    return [(format_path(one.path), one.reason) for one in check_payload(payload, ("payload",))]


@pytest.mark.parametrize("payload", [None, 1, "x", True, {"a": [1, {"b": 2.5}]}, EXACT, -EXACT, [], {}])
def test_what_travels_unchanged_is_not_spoken_of(payload: Any):
    assert found(payload) == []


def test_the_first_null_member_is_warned_of():
    assert found({"a": 1, "b": {"c": None}, "d": None}) == [("payload.b.c", "NullMember")]


@pytest.mark.parametrize("number", [EXACT + 1, -EXACT - 1, 2**70])
def test_the_first_integer_that_gets_rounded_is_warned_of(number: int):
    assert found([1, number, number]) == [("payload[1]", "LargeInteger")]


def test_a_payload_that_is_nested_too_deep_is_refused():
    payload: Any = 1
    for _ in range(MAX_DEPTH * 100):
        payload = [payload]
    assert found(payload) == [("payload", "TooDeep")]
