import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.ruleset.canonical import canonical_json, number_text, standard_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats()
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | NUMBERS
    | TEXTS
    | st.sampled_from(["1.5", ":1.5", "[1e+5", "one-page", "\ud800", "\x7f"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ({"é": "吉 🦎"}, '{"é":"吉 🦎"}'),
        ({"z": 1, "é": 2, "🦎": 3, "\uffff": 4}, '{"z":1,"é":2,"\uffff":4,"🦎":3}'),
        ("a\ud800b", '"a\\ud800b"'),
        ("\ud83d\ude00", '"\U0001f600"'),
        ("\u2028\x00\x7f/", '"\u2028\\u0000\x7f/"'),
        (2**53 + 1, "9007199254740993"),
        (12345678901234567890123, "12345678901234567890123"),
        ([1.0, -0.0, 1e21, 1e-7, 0.000001], "[1,0,1e+21,1e-7,0.000001]"),
        ({"a": 1.0, "text": "1.0"}, '{"a":1,"text":"1.0"}'),
        ([math.nan, math.inf, -math.inf], "[null,null,null]"),
        (25.0, "25"),
        ([True, 1, 1.5], "[true,1,1.5]"),
    ],
)
@pytest.mark.parametrize("write", [canonical_json, standard_json])
def test_a_value_has_one_text(write, value, text):
    assert write(value).decode() == text


# Expected texts: JavaScript, String(number).
@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1, "0.1"),
        (-1.5, "-1.5"),
        (100.0, "100"),
        (123.456, "123.456"),
        (1e16, "10000000000000000"),
        (1.2345678901234568e17, "123456789012345680"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (0.00001, "0.00001"),
        (1.5e-6, "0.0000015"),
        (1.5e-7, "1.5e-7"),
        (-2e-9, "-2e-9"),
        (5e-324, "5e-324"),
        (-0.0, "0"),
    ],
)
def test_numbers_read_as_ecmascript_writes_them(number, text):
    assert number_text(number) == text


@given(st.integers(0, 2**64 - 1))
def test_the_text_of_a_number_is_that_number(bits):
    number = struct.unpack("<d", struct.pack("<Q", bits))[0]
    if math.isfinite(number):
        assert float(number_text(number)) == number


@given(VALUES)
def test_it_is_the_same_text_whatever_library_writes_it(value):
    assert canonical_json(value) == standard_json(value)


@given(VALUES)
def test_it_is_json_and_reading_it_back_changes_nothing_more(value):
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text


@given(st.dictionaries(TEXTS, NUMBERS, max_size=6))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


def test_what_is_no_json_is_refused():
    with pytest.raises(TypeError):
        canonical_json({"a": object()})


def test_nesting_beyond_what_the_library_follows_is_refused():
    value: object = 1
    for _ in range(100_000):
        value = [value]
    with pytest.raises(RecursionError):
        canonical_json(value)
