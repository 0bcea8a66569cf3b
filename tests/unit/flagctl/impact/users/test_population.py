from __future__ import annotations

import io
import json

import pytest

from flagctl.evaluation.user import read_user
from flagctl.impact.users.csv_user import columns_of, csv_context
from flagctl.impact.users.fault import PopulationError
from flagctl.impact.users.json_user import json_context
from flagctl.impact.users.population import CsvPiece, JsonPiece, pieces
from flagd.engine import evaluation_context

USERS = [
    {"user_id": "ann"},
    {"user_id": "ann", "country": None},
    {"user_properties": {"plan": "pro", "n": 5, "f": 1.5, "yes": True, "tags": ["a"], "deep": {"a": [1]}}},
    {"user_properties": {"n": None}, "cohort_ids": ["a", "b"]},
    {"groups": {"company": ["acme"]}, "group_properties": {"company": {"acme": {"size": 1}}}},
    {"groups": {"company": {"name": "acme", "properties": {"size": 10}, "cohort_ids": ["x"]}}},
    {"user_id": "half \ud800"},
    {},
]


@pytest.mark.parametrize("user", USERS, ids=str)
def test_a_line_is_the_user_that_eval_takes(user: object) -> None:
    line = json.dumps(user)
    assert json_context(line.encode()) == evaluation_context(read_user(line))


@pytest.mark.parametrize(
    "line",
    [b"5", b"{", b'"ann"', b'{"user_id": 5}', b'{"usr_id": "a"}', b'{"user_properties": {"n": 9007199254740993}}',
     b'{"user_properties": []}', b'{"cohort_ids": "a"}', b'{"cohort_ids": [1]}', b"\xff",
     b'{"user_properties": {"n": NaN}}',
     b'{"user_properties": {"n": 123456789012345678901234567890}}'],
)  # fmt: skip
def test_a_line_that_eval_refuses_is_refused(line: bytes) -> None:
    with pytest.raises(PopulationError):
        json_context(line)


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


def test_columns_are_named_as_conditions_name_attributes() -> None:
    header = ["user.user_id", "properties.plan", "user.properties['a.b']", "cohort_ids", "groups.company.name"]
    assert csv_context(columns_of(header), ["ann", "pro", "x", "beta;staff", "acme"]) == {
        "user": {"user_id": "ann", "user_properties": {"plan": "pro", "a.b": "x"}, "cohort_ids": ["beta", "staff"]},
        "groups": {"company": {"group_name": "acme"}},
    }
