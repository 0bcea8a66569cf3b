from __future__ import annotations

import json

import pytest

from flagctl.evaluation.user import read_user
from flagctl.impact.users.fault import PopulationError
from flagctl.impact.users.json_user import json_context, json_contexts
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


LINES = [json.dumps(user) for user in USERS]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(LINES),
        "\n\n".join(LINES) + "\n",
        "\r\n".join(LINES),
        " \n ".join(LINES),
        '{"user_id": "a"}\n{"user_id": "b"}\n',
        '{"user_id": "a},{b"}\n{"user_id": "}"}\n',
        '{"user_properties": {"n": 1}}\n{"user_properties": {"n": 2}}',
        "{}\n{}",
    ],
)
def test_lines_that_are_parsed_at_once_are_what_each_is_by_itself(text: str) -> None:
    lines = [line.encode() for line in text.split("\n") if line.strip()]
    assert json_contexts(text.encode(), 1) == list(map(json_context, lines))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"user_id": "a"}\n{"user_id": 5}', 8),
        ('{"user_id": "a"},{"user_id": "b"}', 7),
        ('{"user_id": "a"}\n{"user_id": "a"} , {"user_id": "b"}\n', 8),
        ('{"user_id": "a}\n{b"}\n{"user_id": "x"},{"user_id": "y"}', 7),
        ('{"cohort_ids": [{}\n{}]}\n{},{}', 7),
        ('{"user_id": "a"}\n\n5', 9),
        ('{"user_id": "a"}\n{"user_properties": 5}', 8),
        ('{"user_properties": {"n": 1}}\n{"user_properties": {"n": 9007199254740993}}', 8),
        ("{}\n[]", 8),
        ('{"user_id": "a"}\n{},5,{}', 8),
        ('{},null,{"user_id": "a"}\n{}', 7),
        ('{"user_id": "a"}\n{"user_properties": null}\n{"usr_id": "a"}', 9),
    ],
)
def test_a_line_that_is_no_user_is_named_also_among_others(text: str, line: int) -> None:
    with pytest.raises(PopulationError, match=f"^line {line}: "):
        json_contexts(text.encode(), 7)
