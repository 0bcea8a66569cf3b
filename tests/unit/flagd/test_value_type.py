from __future__ import annotations

from typing import Any

import pytest

from flagd.value_type import VALUE_TYPE, fits_integer, is_float, same_value, typed


@pytest.mark.parametrize(
    ("declared", "payload", "expected"),
    [
        ("Float", 0, 0.0),
        ("Float", -3, -3.0),
        ("Float", 0.5, 0.5),
        ("Float", 10**400, 10**400),
        ("Integer", 1.0, 1),
        ("Integer", 0.5, 0.5),
        ("Integer", float("inf"), float("inf")),
        ("Boolean", True, True),
        ("Float", True, True),
        ("Float", None, None),
        ("Float", {"a": 1}, {"a": 1}),
        ("String", 1.0, 1.0),
        (None, 1.0, 1.0),
        (["Float"], 1, 1),
    ],
)
def test_a_number_is_what_the_flag_says_where_that_loses_nothing(declared: Any, payload: Any, expected: Any):
    found = typed(payload, {VALUE_TYPE: declared})
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("metadata", [None, "Float", [], {}, {VALUE_TYPE: "Integer"}, {VALUE_TYPE: ["Float"]}])
def test_whatever_else_metadata_is_makes_no_float(metadata: Any):
    assert not is_float(metadata)


@pytest.mark.parametrize(
    ("number", "fits"),
    [(0, True), (2**53 - 1, True), (2**53, False), (1.5, False), (2.0, True), (10**400, False), (float("nan"), False)],
)
def test_an_integer_is_whole_and_read_alike_by_everybody(number: float, fits: bool):
    assert fits_integer(number) is fits


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        ({"a": [1, {"b": True}]}, {"a": [1.0, {"b": True}]}, True),
        ({"a": [1, {"b": True}]}, {"a": [1, {"b": 1}]}, False),
        ([1], [1, 1], False),
        ({"a": None}, {}, False),
    ],
)
def test_values_are_the_same_that_json_writes_alike(one: object, other: object, same: bool) -> None:
    assert same_value(one, other) is same
