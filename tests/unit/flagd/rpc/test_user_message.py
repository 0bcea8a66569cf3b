from __future__ import annotations

from typing import Any

import pytest

from flagd.api.evaluation.context import evaluation_context as context_of_message
from flagd.engine import evaluation_context
from flagd.rpc.user_message import UserMessageError, user_message


def nested(depth: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return {"a": value}


@pytest.mark.parametrize(
    "user",
    [
        {"user_id": "ann", "device_id": "d", "country": "NO"},
        {"user_id": ""},
        {"user_id": "ann", "user_properties": {"plan": "pro", "age": 42.5, "tags": ["a", None], "on": True, "o": {}}},
        {"user_id": "ann", "cohort_ids": ["beta", "vip"]},
        {"user_properties": nested(30)},
        {"user_id": "ann", "groups": {"company": ["acme"]}, "group_properties": {"company": {"acme": {"a": "b"}}}},
        {"user_id": "ann", "groups": {"company": {"name": "acme", "properties": {"a": "b"}, "cohort_ids": ["vip"]}}},
        {"user_id": "ann", "groups": {"company": {"properties": {"a": "b"}}}},
    ],
    ids=str,
)
def test_a_server_sees_the_context_that_an_offline_evaluation_sees(user: dict[str, Any]) -> None:
    context = evaluation_context(user)
    assert context_of_message(user_message(context)) == context


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ({"user_id": "\ud800"}, "half a surrogate pair"),
        ({"user_properties": nested(49)}, "nested deeper than a message can carry"),
        ({"user_properties": nested(50)}, "nested deeper than a message can carry"),
        ({"user_properties": nested(400)}, "nested deeper than a message can carry"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_no_message_can_carry_is_refused(user: dict[str, Any], message: str) -> None:
    with pytest.raises(UserMessageError) as caught:
        user_message(evaluation_context(user))
    assert message in str(caught.value)
