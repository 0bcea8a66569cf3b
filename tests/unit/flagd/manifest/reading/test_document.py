from __future__ import annotations

import json

import pytest

from flagd.manifest.finding import MAX_FINDINGS
from flagd.manifest.reading.document import documents
from flagd.manifest.reading.tree import MAX_ALIASED
from flagd.manifest.rules.payload import MAX_DEPTH


def reasons(text: str) -> list[str]:
    return [finding.reason for document in documents(text) for finding in document.findings]


def data(text: str) -> list[object]:
    return [document.data for document in documents(text)]


def test_documents_are_counted_with_their_lines():
    text = "# title\n---\na: 1\n---\n---  # empty\n\n--- \nb: 2\n"
    assert [(one.index, one.first_line, one.data) for one in documents(text)] == [(1, 2, {"a": 1}), (2, 7, {"b": 2})]


def test_a_document_of_comments_is_none():
    assert data("# one\n---\n# two\n") == []


def test_a_broken_document_leaves_the_others_alone():
    assert data("a: 1\n---\na: [\n---\nb: 2") == [{"a": 1}, None, {"b": 2}]
    assert reasons("a: 1\n---\na: [\n---\nb: 2") == ["InvalidYaml"]


def test_dashes_inside_a_block_scalar_begin_no_document():
    assert data("a: |\n  ---\n  b\n") == [{"a": "---\nb\n"}]


def test_the_line_of_a_syntax_error_is_known():
    (document,) = documents("a: 1\nb: x: y\n")
    assert document.findings[0].line == 1


def test_windows_line_ends_are_line_ends():
    assert data("a: 1\r\n---\r\nb: 2\r\n") == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(opening: str):
    assert "TooDeep" in reasons(opening * 200_000) or "InvalidYaml" in reasons(opening * 200_000)


def test_as_much_nesting_as_is_allowed_is_read():
    assert reasons("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert reasons("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == ["TooDeep"]


def test_deep_nesting_in_json_is_refused():
    assert reasons('{"a":' * 200_000 + "1" + "}" * 200_000) == ["TooDeep"]


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
    assert [(one.path, one.line) for one in document.findings] == [(("a", "b"), 2), (("a",), 3)]


def test_what_is_said_of_one_document_is_bounded():
    assert len(reasons("a: 1\n" * 10_000)) == MAX_FINDINGS


def test_an_unquoted_key_is_told_as_it_was_written():
    (document,) = documents("weights: {on: 1}")
    assert document.findings[0].message == 'the key `on` without quotes arrives as "true"; quote it: "on"'
    assert document.findings[0].path == ("weights", "on")


def test_json_may_hold_surrogate_pairs_and_tabs():
    assert data('{\n\t"a": "\\ud83d\\ude00", "b": "\\/", "c": 25.0}') == [{"a": "😀", "b": "/", "c": 25}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [('{"a": 1, "a": 2}', "DuplicateKey"), ('{"a": "\\ud83d"}', "InvalidJson"), ('{"a": NaN, "b": .inf}', "NotJson")],
)
def test_json_is_refused_as_yaml_is(text: str, reason: str):
    assert reasons(text) == [reason]


def test_json_and_yaml_read_the_same():
    value = {"a": [1, 2.5, "x", None, True, {"b": {}}], "c": -3, "d": 1e3}
    assert data(json.dumps(value)) == data("---\n# as yaml\n" + json.dumps(value)) == [value]


def test_a_brace_may_begin_yaml_as_well():
    assert data("{a: 1, b: [c]}") == [{"a": 1, "b": ["c"]}]


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a:\n  - b\n\t- c\n", "a:\n \t b: 1\n"])
def test_a_tab_is_called_a_tab(text):
    (document,) = documents(text)
    (found,) = document.findings
    assert "indented with a tab" in found.message
