"""Question: what a request says: who asks, about which project, in which context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from flagd.rpc.method import Call
from flagd.rpc.ofrep.failure import InvalidContext, ParseError

if TYPE_CHECKING:
    from flagd.rpc.route import Request

_KEY_HEADER = "x-api-key"


def caller(request: Request) -> Call:
    """Return who asks: a deployment key may also come in ``X-API-Key``."""
    key = request.headers.get(_KEY_HEADER)
    if key is None or "authorization" in request.headers:
        return Call(request.headers)
    return Call({**request.headers, "authorization": f"Api-Key {key}"})


def given_context(request: Request) -> dict[str, Any]:
    """Return OpenFeature's context in the body; an empty one where none is given.

    Raises:
        ParseError: the body is no JSON object.
        InvalidContext: the context is none.
    """
    try:
        body = orjson.loads(request.body or b"{}")
    except orjson.JSONDecodeError:
        raise ParseError("body: JSON is needed") from None
    if not isinstance(body, dict):
        raise ParseError("body: a JSON object is needed")
    context = body.get("context")
    if context is None:
        return {}
    if not isinstance(context, dict):
        raise InvalidContext("context: a JSON object is needed")
    return context
