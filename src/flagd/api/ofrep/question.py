"""Question: what a request says: who asks, about which project, in which context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.api.ofrep.failure import InvalidContext, ParseError
from flagd.rpc.method import Call
from flagd.rpc.plain import read_json
from flagd.rpc.shape import an_object, check_members
from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.rpc.route import Request

_CONTEXT = "context"
_KEY_HEADER = "x-api-key"


def caller(headers: Mapping[str, str]) -> Call:
    """Return who asks: a deployment key may also come in ``X-API-Key``."""
    key = headers.get(_KEY_HEADER)
    if key is None or headers.get("authorization") is not None:
        return Call(headers)
    return Call({**headers, "authorization": f"Api-Key {key}"})


def given_context(request: Request) -> dict[str, Any]:
    """Return OpenFeature's context in the body; an empty one where none is given.

    Raises:
        ParseError: the body is not a JSON object.
        InvalidContext: the context is none.
    """
    try:
        body = an_object(read_json(request.body or b"{}", "body"), "body")
        if _CONTEXT not in body:
            check_members(body, (_CONTEXT,), "body")
    except InvalidArgument as error:
        raise ParseError(error.message) from None
    try:
        return {} if body.get(_CONTEXT) is None else an_object(body[_CONTEXT], _CONTEXT)
    except InvalidArgument as error:
        raise InvalidContext(error.message) from None
