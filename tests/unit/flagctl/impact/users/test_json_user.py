from __future__ import annotations

import json

import pytest

from flagctl.evaluation.user import read_user
from flagctl.impact.users.fault import PopulationError
from flagctl.impact.users.json_user import json_context
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
