"""Errors as OFREP's clients read them."""

import json

import pytest

from flagd.api.ofrep.failure import InvalidContext, ParseError, answer_failures
from flagd.rpc.route import Response, Route
from flagd.rpc.status import (
    InvalidArgument,
    NotFound,
    PermissionDenied,
    RpcError,
    Unauthenticated,
    Unavailable,
)
from tests.unit.flagd.api.requests import request


async def _answer(outcome, tail=""):
    async def handler(_request):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    [route] = answer_failures([Route("POST", "/", handler)])
    return await route.handler(request(tail=tail))


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ParseError("why"), 400, "PARSE_ERROR"),
        (InvalidContext("why"), 400, "INVALID_CONTEXT"),
        (InvalidArgument("why"), 400, "GENERAL"),
        (Unauthenticated("why"), 401, "GENERAL"),
        (PermissionDenied("why"), 403, "GENERAL"),
        (NotFound("why"), 404, "FLAG_NOT_FOUND"),
        (RpcError("why"), 500, "GENERAL"),
        (Unavailable("why"), 503, "GENERAL"),
    ],
)
async def test_every_error_has_its_status_and_code(error, status, code):
    answer = await _answer(error, tail="checkout")
    assert answer.status == status
    assert json.loads(answer.body) == {"key": "checkout", "errorCode": code, "errorDetails": "why"}


async def test_where_no_flag_was_named_none_is_told():
    assert json.loads((await _answer(RpcError("why"))).body) == {"errorCode": "GENERAL", "errorDetails": "why"}


async def test_what_is_no_error_passes():
    response = Response(200, b"{}")
    assert await _answer(response) is response
