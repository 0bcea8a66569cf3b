"""Population: users from a file or standard input, a piece at a time, whatever its size.

JSON with a user on each line, or CSV with a header; the first character tells which.
"""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flagctl.failure import Unreachable
from flagctl.impact.users.csv_user import columns_of
from flagctl.impact.users.fault import PopulationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.impact.users.csv_user import Columns

STDIN = "-"
_BYTES = 1 << 17
_ROWS = 2_000
_MAX_LINE = 1 << 20
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class JsonPiece:
    """Lines, of which the first stands on `line`."""

    line: int
    data: bytes


@dataclass(frozen=True, slots=True)
class CsvPiece:
    """Rows after that which ends on `line`."""

    columns: Columns
    line: int
    rows: list[list[str]]


Piece = JsonPiece | CsvPiece


@contextmanager
def opened(path: str) -> Iterator[tuple[IO[bytes], int | None]]:
    """Open `path`, with its size in bytes where it has one. Raises Unreachable where it cannot be read."""
    if path == STDIN:
        if sys.stdin is None:
            raise Unreachable("standard input is closed")
        yield sys.stdin.buffer, None
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise Unreachable(f'"{path}" cannot be read: {(error.strerror or str(error)).lower()}') from None
    with file:
        size = Path(path).stat().st_size if Path(path).is_file() else None
        yield file, size


def pieces(file: IO[bytes]) -> Iterator[tuple[Piece, int]]:
    """Yield the users in `file` a piece at a time, each with how many bytes have been read so far.

    Raises:
        PopulationError: a line is too long, or what is there is neither JSON lines nor CSV.
    """
    first = file.readline(_MAX_LINE).removeprefix(_MARK)
    while first.isspace() and len(first) < _MAX_LINE and (more := file.readline(_MAX_LINE)):
        first += more
    mark = first.lstrip()[:1]
    if mark == b"[":
        raise PopulationError("a JSON array is not read; write one user on each line: jq -c '.[]'")
    yield from _json(file, first) if mark in {b"{", b""} else _csv(file, first)


def _lines(file: IO[bytes], first: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield the number of a line, the whole lines from there on, and how many bytes have been read."""
    read, line, kept = len(first), 1, first
    while data := file.read(_BYTES):
        read += len(data)
        kept += data
        whole, end, rest = kept.rpartition(b"\n")
        if end:
            yield line, whole + end, read
            line += whole.count(b"\n") + 1
            kept = rest
        elif len(kept) > _MAX_LINE + _BYTES:
            raise PopulationError(f"line {line} is longer than {_MAX_LINE:,} bytes")
    if kept:
        yield line, kept, read


def _json(file: IO[bytes], first: bytes) -> Iterator[tuple[Piece, int]]:
    for line, data, read in _lines(file, first):
        yield JsonPiece(line, data), read


def _csv(file: IO[bytes], first: bytes) -> Iterator[tuple[Piece, int]]:
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        for line, data, read in _lines(file, first):  # noqa: B007 - read is used outside
            yield from StringIO(_decoded(data, line), newline="\n")

    reader = csv.reader(lines(), strict=True)
    try:
        columns, line = columns_of(next(row for row in reader if row)), reader.line_num
        while rows := list(islice(reader, _ROWS)):
            yield CsvPiece(columns, line, rows), read
            line = reader.line_num
    except csv.Error as error:
        raise PopulationError(f"line {reader.line_num}: {error}") from None


def _decoded(data: bytes, line: int) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line += data.count(b"\n", 0, error.start)
        raise PopulationError(f"line {line}: the text is not UTF-8") from None
