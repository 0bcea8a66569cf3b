from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.manifest.reading.scalar import NotJsonError, resolve


@pytest.mark.parametrize("text", ["y", "Y", "yes", "on", "On", "TRUE"])
def test_the_words_of_yaml_1_1_are_true(text: str):
    assert resolve(text) is True


@pytest.mark.parametrize("text", ["1:30", "2027-03-01", "0o8", "1.2.3", "oN", "1e400", "_1"])
def test_what_only_looks_like_something_else_is_text(text: str):
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "number"), [("0o17", 15), ("010", 8), ("08", 8), ("1e3", 1000), ("25.0", 25), ("1_000", 1000)]
)
def test_numbers_are_those_of_go(text: str, number: int):
    assert resolve(text) == number
    assert type(resolve(text)) is int


def test_a_fraction_stays_a_fraction():
    assert resolve("0.5") == 0.5


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan"])
def test_infinity_is_no_json(text: str):
    with pytest.raises(NotJsonError):
        resolve(text)


def test_a_number_of_a_million_digits_is_read_at_once():
    assert resolve("1" * 1_000_000) == "1" * 1_000_000


@given(st.text(alphabet="0123456789abcdefxo_+-.:eE ynYNTFoOfF~<") | st.text())
def test_any_text_resolves_or_is_no_json(text: str):
    try:
        value = resolve(text)
    except NotJsonError:
        return
    assert value == text or value is None or isinstance(value, (bool, int, float))


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_an_integer_survives(number: int):
    assert resolve(str(number)) == number
