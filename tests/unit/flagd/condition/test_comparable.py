import itertools

import pytest

from flagd.condition.comparable import parse_number, parse_version


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), (" -1.5 ", -1.5), ("+1.", 1), (".5", 0.5), ("1e3", 1000), ("1E-3", 0.001), ("007", 7), ("\t2\n", 2)],
)
def test_a_decimal_is_a_number(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", " ", ".", "inf", "nan", "0x10", "1_000", "1e", "1 2", "١", "1e999", "--1", "1,5"])
def test_other_text_is_no_number(text):
    assert parse_number(text) is None


ASCENDING = [
    "0.9",
    "1.2.3-",
    "1.2.3-a-1.3",
    "1.2.3-a1.23",
    "1.2.3-a1.5",
    "1.2.3-alpha",
    "1.2.3-alpha.",
    "1.2.3-beta",
    "1.2.3",
    "1.9.0",
    "1.10.0",
    "1.99.99",
    "2.0",
    "9.9.9",
    "10.2.3",
    "99999999999.0",
    f"{'9' * 5000}.0",
]


@pytest.mark.parametrize(("lower", "higher"), list(itertools.pairwise(ASCENDING)))
def test_versions_stand_in_order(lower, higher):
    assert parse_version(lower) < parse_version(higher)


@pytest.mark.parametrize(("one", "other"), [("01.02", "1.2.0"), ("1.2", "1.2.0"), ("001.001100.000900", "1.1100.900")])
def test_versions_may_be_equal_with_other_text(one, other):
    assert parse_version(one) == parse_version(other)


@pytest.mark.parametrize(
    "text", ["", "2", "v1.2", "1.2.3.4", "1.2.", "1.2.3+b", "1.2.3-a..b", "1.2.3-.a", "1.2\n", "١.٢", "1.2-a"]
)
def test_other_text_is_no_version(text):
    assert parse_version(text) is None


def test_a_version_that_makes_naive_patterns_hang_is_judged():
    assert parse_version("1.2.3-" + "a" * 100_000 + "!") is None
