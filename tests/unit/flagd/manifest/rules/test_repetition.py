"""What may stand once only is told of where it stands again."""

from __future__ import annotations

from flagd.manifest.rules.repetition import repeated


def test_each_repetition_names_its_place_and_the_first():
    found = list(repeated(["a", "b", "a", "a"], ("spec", "values")))
    assert [each.path for each in found] == [("spec", "values", 2), ("spec", "values", 3)]
    assert {each.message for each in found} == {"`a` is already at [0]; each may appear once"}


def test_of_entries_with_a_name_the_field_of_the_name_is_meant():
    assert [each.path for each in repeated(["a", "a"], ("variants",), "key")] == [("variants", 1, "key")]


def test_what_stands_once_is_fine():
    assert list(repeated(["a", "b"], ("spec",))) == []
