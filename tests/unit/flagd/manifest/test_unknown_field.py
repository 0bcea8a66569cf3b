"""A wrong name leads to the one that was probably meant."""

from __future__ import annotations

from flagd.manifest.unknown_field import unknown_field

KNOWN = {"active", "allOtherUsers", "segments", "variants"}


def test_a_word_of_another_system_leads_to_ours():
    assert unknown_field(("spec", "rules"), KNOWN).message == "unknown field `rules`, did you mean `segments`?"


def test_a_word_of_another_system_leads_to_no_field_of_another_place():
    assert "`segments`" not in unknown_field(("spec", "rules"), {"key", "name"}).message


def test_where_nothing_is_like_it_all_names_are_shown():
    found = unknown_field(("spec", "zzz"), {"b", "a"})
    assert (found.path, found.reason) == (("spec", "zzz"), "UnknownField")
    assert found.message == "unknown field `zzz`, known: a, b"
