from __future__ import annotations

import pytest

from flagd.manifest.reading.document import documents
from tests.unit.flagd.manifest.reading.read import data, reasons


def test_documents_are_counted_with_their_lines():
    text = "# title\n---\na: 1\n---\n---  # empty\n\n--- \nb: 2\n"
    assert [(one.index, one.first_line, one.content.data) for one in documents(text)] == [
        (1, 2, {"a": 1}),
        (2, 7, {"b": 2}),
    ]


def test_a_document_of_comments_is_none():
    assert data("# one\n---\n# two\n") == []


def test_a_broken_document_leaves_the_others_alone():
    assert data("a: 1\n---\na: [\n---\nb: 2") == [{"a": 1}, None, {"b": 2}]
    assert reasons("a: 1\n---\na: [\n---\nb: 2") == ["InvalidYaml"]


def test_dashes_inside_a_block_scalar_begin_no_document():
    assert data("a: |\n  ---\n  b\n") == [{"a": "---\nb\n"}]


def test_the_line_of_a_syntax_error_is_known():
    (document,) = documents("a: 1\nb: x: y\n")
    assert document.content.findings[0].line == 1


def test_windows_line_ends_are_line_ends():
    assert data("a: 1\r\n---\r\nb: 2\r\n") == [{"a": 1}, {"b": 2}]


def test_deep_nesting_in_json_is_refused():
    assert reasons('{"a":' * 200_000 + "1" + "}" * 200_000) == ["TooDeep"]


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a:\n  - b\n\t- c\n", "a:\n \t b: 1\n"])
def test_a_tab_is_called_a_tab(text):
    (document,) = documents(text)
    (found,) = document.content.findings
    assert "indented with a tab" in found.message
