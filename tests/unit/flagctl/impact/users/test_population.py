from __future__ import annotations

import io

import pytest

from flagctl.impact.users.csv_user import csv_context
from flagctl.impact.users.fault import PopulationError
from flagctl.impact.users.population import CsvPiece, JsonPiece, pieces


def test_lines_are_read_in_pieces_that_end_with_a_line() -> None:
    data = b"".join(b'{"user_id": "%d"}\n' % number for number in range(50_000))
    found = [piece for piece, _ in pieces(io.BytesIO(data)) if isinstance(piece, JsonPiece)]
    assert len(found) > 2
    assert b"".join(piece.data for piece in found) == data
    lines = 1
    for piece in found:
        assert piece.line == lines
        lines += piece.data.count(b"\n")


def test_the_last_line_needs_no_end_and_a_mark_of_order_is_passed_over() -> None:
    found = [piece for piece, _ in pieces(io.BytesIO(b'\xef\xbb\xbf{"user_id": "a"}\n{"user_id": "b"}'))]
    assert (
        b"".join(piece.data for piece in found if isinstance(piece, JsonPiece)) == b'{"user_id": "a"}\n{"user_id": "b"}'
    )


def test_a_line_without_end_is_not_read_for_ever() -> None:
    with pytest.raises(PopulationError, match="line 1 is longer than"):
        list(pieces(io.BytesIO(b'{"user_id": "' + b"x" * 3_000_000)))


def test_a_row_may_hold_line_breaks_and_commas() -> None:
    ((piece, _),) = pieces(io.BytesIO(b'user_id,country\n"a,\nb",CA\n\nc,\n'))
    assert isinstance(piece, CsvPiece)
    assert [csv_context(piece.columns, row) for _, row in piece.rows] == [
        {"user": {"user_id": "a,\nb", "country": "CA"}},
        {"user": {"user_id": "c"}},
    ]
