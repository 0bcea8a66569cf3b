"""Population: users from a file or standard input, a piece at a time, whatever its size.

JSON with a user on each line, or CSV with a header; the first character tells which.
"""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flagctl.failure import Unreachable
from flagctl.impact.users.csv_user import columns_of
from flagctl.impact.users.fault import PopulationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.impact.users.csv_user import Columns

STDIN = "-"
_BYTES = 1 << 18
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
    """Rows and the line on which each ends."""

    columns: Columns
    rows: tuple[tuple[int, tuple[str, ...]], ...]


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
    while first.isspace() and len(first) < _MAX_LINE:
        first += file.readline(_MAX_LINE)
    mark = first.lstrip()[:1]
    if mark == b"[":
        raise PopulationError("a JSON array is not read; write one user on each line: jq -c '.[]'")
    yield from _json(file, first) if mark in {b"{", b""} else _csv(file, first)


def _json(file: IO[bytes], first: bytes) -> Iterator[tuple[Piece, int]]:
    read, line, kept = len(first), 1, first
    while data := file.read(_BYTES):
        read += len(data)
        kept += data
        whole, end, rest = kept.rpartition(b"\n")
        if end:
            yield JsonPiece(line, whole + end), read
            line += whole.count(b"\n") + 1
            kept = rest
        elif len(kept) > _MAX_LINE + _BYTES:
            raise PopulationError(f"line {line} is longer than {_MAX_LINE:,} bytes")
    if kept:
        yield JsonPiece(line, kept), read


def _csv(file: IO[bytes], first: bytes) -> Iterator[tuple[Piece, int]]:
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        for raw in chain(first.splitlines(keepends=True), file):
            read += len(raw)
            try:
                yield raw.decode()
            except UnicodeDecodeError:
                raise PopulationError("the text is not UTF-8") from None

    reader = csv.reader(lines(), strict=True)
    try:
        columns = columns_of(next(row for row in reader if row))
        rows: list[tuple[int, tuple[str, ...]]] = []
        for row in reader:
            if row:
                rows.append((reader.line_num, tuple(row)))
            if len(rows) == _ROWS:
                yield CsvPiece(columns, tuple(rows)), read
                rows = []
        if rows:
            yield CsvPiece(columns, tuple(rows)), read
    except csv.Error as error:
        raise PopulationError(f"line {reader.line_num}: {error}") from None
