"""Tables are in columns, and print nothing that a terminal obeys."""

from __future__ import annotations

from flagctl.table import table


def test_columns_are_as_wide_as_their_widest_cell():
    assert table(["FLAG", "VALUE"], [["new-checkout", "on"], ["a", ""]]).splitlines() == [
        "FLAG          VALUE",
        "new-checkout  on",
        "a",
    ]


def test_without_rows_there_is_the_header():
    assert table(["FLAG", "VALUE"], []) == "FLAG  VALUE"


def test_a_cell_moves_no_cursor_and_begins_no_line():
    text = table(["FLAG"], [["a\x1b[2Jb\nc"]])
    assert "\x1b" not in text
    assert len(text.splitlines()) == 2
