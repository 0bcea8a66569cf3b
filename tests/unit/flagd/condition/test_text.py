import sys
from enum import IntEnum, StrEnum

import pytest

from flagd.condition.text import elements, text


class Size(IntEnum):
    BIG = 2


class Plan(StrEnum):
    PRO = "pro"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("as is ", "as is "),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (9007199254740993, "9007199254740993"),
        (Size.BIG, "2"),
        (Plan.PRO, "pro"),
        (42.0, "42"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (-1.5, "-1.5"),
        (123456.789, "123456.789"),
        (1e20, "100000000000000000000"),
        (1.2345678901234567e20, "123456789012345670000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (1.25e-5, "0.0000125"),
        (1e-7, "1e-7"),
        (5e-324, "5e-324"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (float("nan"), "NaN"),
        ([], "[]"),
        ({}, "{}"),
        ([1.0, "a", None, True], '[1,"a",null,true]'),
        ((1, 2), "[1,2]"),
        ({"a": {"b": [1, True, None]}, "é": ""}, '{"a":{"b":[1,true,null]},"é":""}'),
        ({"": 1}, '{"":1}'),
        ([float("nan"), float("inf")], "[null,null]"),
        (['quote " and \n'], '["quote \\" and \\n"]'),
        (["\ud800"], '["\\ud800"]'),
    ],
)
def test_text_is_what_javascript_makes_of_a_value(value, expected):
    assert text(value) == expected


@pytest.mark.parametrize("value", [None, b"bytes", object(), {1, 2}, 1j])
def test_null_and_what_json_does_not_know_have_no_text(value):
    assert text(value) is None


def test_a_number_with_more_digits_than_python_writes_has_no_text():
    assert text(10 ** (sys.get_int_max_str_digits() + 1)) is None


def test_what_json_does_not_know_is_null_within_a_list():
    assert text([b"bytes", {1: object()}]) == '[null,{"1":null}]'


def test_deep_nesting_has_a_text():
    deep: list = []
    for _ in range(10_000):
        deep = [deep]
    assert text(deep) == "[" * 10_001 + "]" * 10_001


def test_a_list_within_itself_has_no_text():
    endless: list = []
    endless.append(endless)
    assert text(endless) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["a", 1, None, 1.0, ["x"]], ["a", "1", "1", '["x"]']),
        ((), []),
        ('["a", 1.0, null]', ["a", "1"]),
        ("[]", []),
        ('["[[["]', ["[[["]),
        ("[1e400]", ["Infinity"]),
        ("[" * 100 + "]" * 100, ["[" * 99 + "]" * 99]),
        ("[" * 101 + "]" * 101, None),
        ("[" * 100_000, None),
        (' ["a"]', None),
        ("[a]", None),
        ("[NaN]", None),
        ("[1", None),
        ("a,b", None),
        ("", None),
        ({"a": 1}, None),
        (None, None),
        (1, None),
    ],
)
def test_lists_and_texts_of_json_arrays_have_elements(value, expected):
    assert elements(value) == expected
