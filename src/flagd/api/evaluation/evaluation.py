"""Evaluate and EvaluateBatch: which variants users get."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from flagd.api.answer_size import check_entries, joined
from flagd.api.delimited import delimited
from flagd.api.evaluation.context import evaluation_context
from flagd.rpc.limits import (
    BATCH_ANSWERS,
    BATCH_USERS,
    FLAGS_BYTES,
    RESPONSE_BYTES,
    check_count,
    check_flag_keys,
)
from flagd.rpc.status import DeadlineExceeded, InvalidArgument, TooLarge
from flagd.v1.evaluation_pb2 import ErrorCode, EvaluateBatchResult

if TYPE_CHECKING:
    from flagd.api.access import Access
    from flagd.api.view import View
    from flagd.rpc.method import Call
    from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, EvaluateRequest, User

BATCH_SECONDS = 5.0
"""Longest time a batch may take, whatever deadline the caller set."""
_ANSWERS_PER_TURN = 500
_BYTES_PER_ANSWER = 20
"""So much of a user is read in the time that an answer takes."""
_RESULTS = 1


class Evaluation:
    """Answers Evaluate and EvaluateBatch."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def evaluate(self, request: EvaluateRequest, call: Call) -> bytes:
        """Return an encoded EvaluateResponse."""
        view = self._access.view(request.project, call)
        keys = check_flag_keys(request.flag_keys)
        context = evaluation_context(request.user)
        if not keys:
            return joined(*view.all_entries(context), view.tail)
        entries = view.entries(context, keys)
        check_entries(entries)
        return b"".join(entries.values()) + view.tail

    async def evaluate_batch(self, request: EvaluateBatchRequest, call: Call) -> bytes:
        """Return an encoded EvaluateBatchResponse. Lets other calls in between; one revision answers all."""
        view = self._access.view(request.project, call)
        keys = check_flag_keys(request.flag_keys)
        per_user = len(keys) or len(view.keys)
        check_count(len(request.users), BATCH_USERS, "users")
        check_count(len(request.users) * per_user, BATCH_ANSWERS, "users × flags")
        ends = time.monotonic() + min(call.time_remaining or BATCH_SECONDS, BATCH_SECONDS)
        parts: list[bytes] = []
        size = turn = 0
        for user in request.users:
            part = delimited(_RESULTS, _result(view, user, keys))
            parts.append(part)
            size += len(part)
            turn += per_user + user.ByteSize() // _BYTES_PER_ANSWER
            if size > FLAGS_BYTES:
                raise TooLarge(f"response: larger than {RESPONSE_BYTES} bytes; ask for fewer users or flags")
            if turn >= _ANSWERS_PER_TURN:
                turn = 0
                await asyncio.sleep(0)
                if time.monotonic() > ends:
                    raise DeadlineExceeded("the deadline passed while the batch was evaluated")
        return b"".join(parts) + view.tail


def _result(view: View, user: User, keys: list[str]) -> bytes:
    try:
        return b"".join(view.entries(evaluation_context(user), keys).values())
    except InvalidArgument as error:
        return EvaluateBatchResult(
            error_code=ErrorCode.ERROR_CODE_INVALID_CONTEXT, error_message=error.message
        ).SerializeToString()
