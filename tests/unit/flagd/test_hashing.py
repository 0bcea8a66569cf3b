import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.hashing import bucket, murmur3, utf8

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("My hovercraft is full of eels.", 2953494853),
        ("My 🚀 is full of 🦎.", 1818098979),
        ("吉 星 高 照", 3435142074),
    ],
)
def test_the_hash_is_the_one_that_amplitude_asserts(text, number):
    assert murmur3(utf8(text), 0, False) == number


def test_a_bucket_is_the_hash_of_salt_slash_value_cut_in_two():
    found = bucket("new-checkout", "ann")
    assert found.hash == murmur3(b"new-checkout/ann", 0, False)
    assert (found.allocation, found.distribution) == (found.hash % 100, found.hash // 100)


def test_values_are_neither_trimmed_nor_lowered():
    assert len({bucket("s", value).hash for value in ("User-1", "user-1", "user-1 ")}) == 3


@pytest.mark.parametrize("value", ["a\ud800b", "\udc00", "\ud800\ud800"])
def test_a_lone_surrogate_counts_as_the_replacement_character(value):
    replaced = "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in value)
    assert bucket("s", value) == bucket("s", replaced)


def test_two_surrogates_that_make_a_character_count_as_that_character():
    assert bucket("s", "\ud83d\ude80") == bucket("s", "🚀")


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_has_a_bucket_in_range(salt, value):
    found = bucket(salt, value)
    assert 0 <= found.allocation < 100
    assert 0 <= found.distribution <= 42949672
    assert found.distribution * 100 + found.allocation == found.hash
