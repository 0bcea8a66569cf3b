from __future__ import annotations

import pytest

from flagd.manifest.finding import MAX_FINDINGS
from flagd.manifest.reading.document import documents
from flagd.manifest.reading.tree import MAX_ALIASED
from flagd.manifest.rules.payload import MAX_DEPTH
from tests.unit.flagd.manifest.reading.read import data, reasons


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(opening: str):
    assert "TooDeep" in reasons(opening * 200_000) or "InvalidYaml" in reasons(opening * 200_000)


def test_as_much_nesting_as_is_allowed_is_read():
    assert reasons("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert reasons("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == ["TooDeep"]


def test_aliases_that_explode_are_refused():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30))
    assert reasons(bomb) == ["TooManyAliases"]


def test_merged_aliases_count_as_well():
    members = ", ".join(f"k{i}: 1" for i in range(1000))
    text = f"a: &a {{{members}}}\nb:\n" + "- {<<: *a}\n" * (MAX_ALIASED // 1000)
    assert reasons(text) == ["TooManyAliases"]


def test_an_alias_stands_for_what_it_names():
    assert data("a: &x {b: [1]}\nc: *x") == [{"a": {"b": [1]}, "c": {"b": [1]}}]


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: *b", "? *a\n: 1", "x: &x 1\n*x : 2"])
def test_an_alias_that_leads_nowhere_is_refused(text: str):
    assert reasons(text) == ["InvalidYaml"]


def test_merged_keys_give_way_to_those_written_after_them():
    assert data("x: &x {b: 1, c: 2}\na: {<<: *x, b: 3}")[0]["a"] == {"b": 3, "c": 2}  # type: ignore[index]


def test_a_key_that_follows_a_merge_may_stand_once_only():
    assert reasons("x: &x {b: 1}\na: {<<: *x, b: 2, b: 3}") == ["DuplicateKey"]


def test_every_duplicate_key_is_told_with_its_path_and_line():
    (document,) = documents("a:\n  b: 1\n  b: 2\na: 3\n")
    assert [(one.path, one.line) for one in document.content.findings] == [(("a", "b"), 2), (("a",), 3)]


def test_what_is_said_of_one_document_is_bounded():
    assert len(reasons("a: 1\n" * 10_000)) == MAX_FINDINGS


def test_an_unquoted_key_is_told_as_it_was_written():
    (document,) = documents("weights: {on: 1}")
    assert document.content.findings[0].message == 'the key `on` without quotes arrives as "true"; quote it: "on"'
    assert document.content.findings[0].path == ("weights", "on")
