"""Parser: takes the text of a list piece by piece and keeps the hashes of the ids in it.

One id a line, or one column of a CSV file whose first line names the columns. Blank lines do not count, nor does
white space around an id.
"""

from __future__ import annotations

import csv
from array import array
from typing import TYPE_CHECKING

from flagd.id_list.id_list import MOST_IDS, ListError
from flagd.ruleset.hashed_ids import HashedIds, hash_id, sort_hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BYTES = 1024 * 1024 * 1024
"""Longest text that is read: ids of a hundred bytes each."""
LONGEST_ID = 1024
"""Longest id, in characters, as of those that a manifest names."""
LONGEST_LINE = 64 * 1024
"""Longest line, in bytes."""
CSV_SUFFIX = ".csv"
_MARK = "\ufeff"
_MARKUP = ("<!doctype", "<html", "<?xml")


class ListParser:
    """Reads one list. `feed` it all of the text, then `finish`; both raise ListError for what is not a list of ids."""

    def __init__(self, path: str, column: str | None) -> None:
        """Read the list at `path`: as CSV where a `column` is named or the name ends in .csv."""
        self._csv = column is not None or path.lower().endswith(CSV_SUFFIX)
        self._column = column
        self._place: int | None = None
        self._hashes = array("Q")
        self._rest = b""
        self._bytes = 0
        self._lines = 0

    def feed(self, data: bytes) -> None:
        """Take the next piece of the text."""
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            raise ListError(f"it is longer than {MOST_BYTES:,} bytes")
        block, newline, self._rest = (self._rest + data).rpartition(b"\n")
        if newline:
            self._take(block)
        if len(self._rest) > LONGEST_LINE:
            raise self._error(0, f"is longer than {LONGEST_LINE:,} bytes")

    def finish(self) -> HashedIds:
        """Return the ids of the whole text."""
        self._take(self._rest)
        if self._column is not None and self._place is None:
            raise ListError(f"it is empty, and its first line is to name the column {self._column!r}")
        return HashedIds(sort_hashes(self._hashes))

    def _take(self, block: bytes) -> None:
        lines = self._decoded(block).split("\n")
        ids = [each.strip() for each in (self._cells(lines) if self._csv else lines)]
        if max(map(len, ids)) > LONGEST_ID:
            long = next(index for index, each in enumerate(ids) if len(each) > LONGEST_ID)
            raise self._error(long, f"holds an id of more than {LONGEST_ID:,} characters")
        self._hashes.extend([hash_id(each.encode()) for each in ids if each])
        self._lines += len(lines)
        if len(self._hashes) > MOST_IDS:
            raise ListError(f"it holds more than {MOST_IDS:,} ids")

    def _decoded(self, block: bytes) -> str:
        try:
            text = block.decode()
        except UnicodeDecodeError as error:
            raise self._error(block.count(b"\n", 0, error.start), "is not text in UTF-8") from None
        if "\0" in text:
            raise self._error(text[: text.index("\0")].count("\n"), "is not text: it holds a zero byte")
        return text if self._lines else self._begun(text.removeprefix(_MARK))

    def _begun(self, text: str) -> str:
        if text.lstrip().lower().startswith(_MARKUP):
            raise self._error(0, "is that of a web page, not of a list")
        return text

    def _cells(self, lines: Sequence[str]) -> list[str]:
        """Return the cell of the column in each of `lines`; empty where there is none to take."""
        rows = self._rows(lines)
        if self._place is None and any(rows):
            self._place = self._find(rows)
        return [self._cell(index, row) for index, row in enumerate(rows)]

    def _rows(self, lines: Sequence[str]) -> list[list[str]]:
        reader = csv.reader(lines, strict=True)
        rows: list[list[str]] = []
        try:
            for row in reader:
                rows.append(row)
                if reader.line_num != len(rows):
                    raise self._error(len(rows) - 1, "has a quoted value that goes on in the next line")
        except csv.Error as error:
            raise self._error(reader.line_num - 1, f"is not CSV: {error}") from None
        return rows

    def _find(self, rows: list[list[str]]) -> int:
        """Return which column it is; the line that names it is emptied."""
        if self._column is None:
            return 0
        index = next(index for index, row in enumerate(rows) if row)
        names = [name.strip() for name in rows[index]]
        if names.count(self._column) != 1:
            # It quotes nothing: where the line with the names is missing, this one may name a user.
            raise self._error(
                index, f"names {names.count(self._column) or 'no'} column {self._column!r}; it must name one"
            )
        rows[index] = []
        return names.index(self._column)

    def _cell(self, index: int, row: list[str]) -> str:
        if not row:
            return ""
        if self._column is None and len(row) > 1:
            raise self._error(index, f"has {len(row)} columns: name that of the ids, by column in spec.from")
        place = self._place or 0
        if len(row) <= place:
            raise self._error(index, f"has {len(row)} columns, and {self._column!r} is number {place + 1}")
        return row[place]

    def _error(self, index: int, text: str) -> ListError:
        return ListError(f"line {self._lines + index + 1:,} {text}")
