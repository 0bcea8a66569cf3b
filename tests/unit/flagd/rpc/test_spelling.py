"""Spelling: what a mistyped key most likely means, and that the work for it is bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.rpc import spelling
from flagd.rpc.spelling import Spelling

MANY = [f"team-{team}-feature-{number:03}" for team in "abcdefgh" for number in range(200)]
KEYS = [*MANY, "new-checkout", "new-search", "Überweisung"]


@pytest.mark.parametrize(
    "typed",
    [
        "new-chekout",
        "newCheckout",
        "New Checkout",
        "new_checkout",
        "NEW-CHECKOUT",
        "nwe-checkout",
        "checkout",
        "new-checkout-v2",
        "new-checkout ",
        "nwe-chekout",
    ],
)
def test_a_mistyped_key_has_the_one_that_was_meant(typed):
    assert Spelling(KEYS).nearest(typed) == "new-checkout"


def test_case_is_that_of_the_flag_in_any_language():
    assert Spelling(KEYS).nearest("überweisunk") == "Überweisung"


@pytest.mark.parametrize("typed", ["", "x", "-", "\x00", "something-else-entirely", "\ud800", "n" * 101])
def test_what_is_like_no_key_has_none(typed):
    assert Spelling(KEYS).nearest(typed) is None


def test_without_keys_there_is_none():
    assert Spelling([]).nearest("new-checkout") is None


@given(st.text(max_size=120), st.lists(st.text(max_size=20), max_size=20))
def test_whatever_is_typed_the_answer_is_a_key_or_none(typed, keys):
    assert Spelling(keys).nearest(typed) in {None, *keys}


def test_the_keys_compared_are_few_however_many_there_are(monkeypatch):
    compared = []
    monkeypatch.setattr(spelling, "get_close_matches", lambda _, likely, **__: compared.append(len(likely)) or [])
    Spelling(KEYS).nearest("team-a-faeture-100")
    assert compared == [4]


def test_what_was_typed_before_is_remembered_and_not_for_ever(monkeypatch):
    monkeypatch.setattr(spelling, "_REMEMBERED", 2)
    names = Spelling(KEYS)
    for _ in range(2):
        assert [names.nearest(f"new-searc{end}") for end in "abcde"] == ["new-search"] * 5
    assert len(names._found) <= 2


def test_too_many_keys_to_sort_have_no_nearest(monkeypatch):
    monkeypatch.setattr(spelling, "MOST_FLAGS", 2)
    assert Spelling(["one", "two"]).nearest("onee") == "one"
    assert Spelling(["one", "two", "three"]).nearest("onee") is None
