"""Failure: errors as OFREP's clients read them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from flagd.rpc.route import Response
from flagd.rpc.status import InvalidArgument, RpcError, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.rpc.route import EventStream, Handler, Request, Route

_HTTP_STATUS = {
    Status.INVALID_ARGUMENT: 400,
    Status.UNAUTHENTICATED: 401,
    Status.PERMISSION_DENIED: 403,
    Status.NOT_FOUND: 404,
    Status.UNAVAILABLE: 503,
}


class ParseError(InvalidArgument):
    """The request is no JSON object."""


class InvalidContext(InvalidArgument):
    """The context is of a shape that it must not have, or too large."""


def answer_failures(routes: Iterable[Route]) -> list[Route]:
    """Return `routes` with every RpcError answered as OFREP has it: key, code and what is wrong."""
    return [replace(route, handler=_answering(route.handler)) for route in routes]


def _answering(handler: Handler) -> Handler:
    async def answering(request: Request) -> Response | EventStream:
        try:
            return await handler(request)
        except RpcError as error:
            body = json.dumps(failure(request.tail, error)).encode()
            return Response(_HTTP_STATUS.get(error.status, 500), body)

    return answering


def failure(key: str, error: RpcError) -> dict[str, str]:
    """Return what is said of `error`; an empty `key` is left out."""
    said = {"errorCode": _code(error), "errorDetails": error.message}
    return {"key": key, **said} if key else said


def _code(error: RpcError) -> str:
    if isinstance(error, ParseError):
        return "PARSE_ERROR"
    if isinstance(error, InvalidContext):
        return "INVALID_CONTEXT"
    return "FLAG_NOT_FOUND" if error.status is Status.NOT_FOUND else "GENERAL"
