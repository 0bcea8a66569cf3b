"""Failure: errors as OFREP's clients read them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from flagd.rpc.route import Response
from flagd.rpc.status import InvalidArgument, NoSuchPath, RpcError, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.rpc.route import EventStream, Handler, Request, Route


class ParseError(InvalidArgument):
    """The request is not a JSON object."""


class InvalidContext(InvalidArgument):
    """The context is of a shape that it must not have, or too large."""


def answer_failures(routes: Iterable[Route]) -> list[Route]:
    """Return `routes` with every RpcError answered as OFREP has it: key, code and what is wrong."""
    return [replace(route, handler=_answering(route.handler), failure=failure_body) for route in routes]


def _answering(handler: Handler) -> Handler:
    async def answering(request: Request) -> Response | EventStream:
        try:
            return await handler(request)
        except RpcError as error:
            body = json.dumps(failure(request.tail, error)).encode()
            return Response(error.http_status, body)

    return answering


def failure_body(key: str, error: RpcError) -> bytes:
    """Return the body of an error that is known before the flag `key` is looked for; "" is not a flag."""
    return json.dumps(failure(key, error)).encode()


def failure(key: str, error: RpcError) -> dict[str, str]:
    """Return what is said of `error`; an empty `key` is left out, and one of a path that is not there."""
    said = {"errorCode": _code(error), "errorDetails": error.message}
    return {"key": key, **said} if key and not isinstance(error, NoSuchPath) else said


def _code(error: RpcError) -> str:
    if isinstance(error, ParseError):
        return "PARSE_ERROR"
    if isinstance(error, InvalidContext):
        return "INVALID_CONTEXT"
    return "FLAG_NOT_FOUND" if error.status is Status.NOT_FOUND else "GENERAL"
