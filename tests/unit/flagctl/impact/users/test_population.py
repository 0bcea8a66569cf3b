from __future__ import annotations

import io

import pytest

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


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"user_id\n", b"\n\nuser_id\n"]
)
def test_a_population_of_nobody_ends(data: bytes) -> None:
    found = [piece for piece, _ in pieces(io.BytesIO(data))]
    assert not b"".join(piece.data for piece in found if isinstance(piece, JsonPiece)).strip()
    assert not [piece for piece in found if isinstance(piece, CsvPiece)]


def test_a_line_without_end_is_not_read_for_ever() -> None:
    with pytest.raises(PopulationError, match="line 1 is longer than"):
        list(pieces(io.BytesIO(b'{"user_id": "' + b"x" * 3_000_000)))


def test_a_row_may_hold_line_breaks_and_commas() -> None:
    ((piece, _),) = pieces(io.BytesIO(b'user_id,country\n"a,\nb",CA\n\n"c\xe2\x80\xa8\x0bd",\r\n'))
    assert isinstance(piece, CsvPiece)
    assert (piece.line, piece.rows) == (1, [["a,\nb", "CA"], [], ["c\u2028\x0bd", ""]])


def test_rows_are_read_in_pieces_that_know_their_line() -> None:
    data = b"user_id\n" + b"".join(b'"%d\n"\n' % number for number in range(5_000))
    found = [piece for piece, _ in pieces(io.BytesIO(data)) if isinstance(piece, CsvPiece)]
    assert len(found) > 2
    assert [row for piece in found for row in piece.rows] == [[f"{number}\n"] for number in range(5_000)]
    assert [piece.line for piece in found] == [
        1 + 2 * sum(len(each.rows) for each in found[:n]) for n in range(len(found))
    ]


@pytest.mark.parametrize("start", [b"{}\n", b"user_id\n"])
def test_a_line_without_end_is_not_read_for_ever_in_either_form(start: bytes) -> None:
    with pytest.raises(PopulationError, match="line 2 is longer than"):
        list(pieces(io.BytesIO(start + b"x" * 3_000_000)))


def test_rows_that_are_not_utf_8_are_refused_with_their_line() -> None:
    with pytest.raises(PopulationError, match="line 3: the text is not UTF-8"):
        list(pieces(io.BytesIO(b"user_id\nann\nb\xe9\n")))
