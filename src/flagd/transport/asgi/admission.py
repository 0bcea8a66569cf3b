"""Admission: what a request holds until it is answered, and how one is refused for which there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.rpc.capacity import current
from flagd.transport.asgi.connect_call import STREAM_TYPES, ConnectCall
from flagd.transport.asgi.grpc_call import DIALECTS, GrpcCall
from flagd.transport.asgi.http_call import HttpCall

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from flagd.rpc.capacity import Hold
    from flagd.rpc.status import Overloaded
    from flagd.transport.asgi.body import Receive, Scope, Send


async def held(hold: Hold, answer: Coroutine[Any, Any, None]) -> None:
    """Await the answer to a call that holds `hold`, and hold nothing any more."""
    current.set(hold)
    try:
        await answer
    finally:
        hold.close()


async def refuse(error: Overloaded, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request that nothing was answered to yet, in the words of its protocol."""
    content_type = dict(scope["headers"]).get(b"content-type", b"")
    dialect = DIALECTS.get(content_type)
    if dialect is not None:
        await GrpcCall(dialect, {}, receive, send, 0).fail(error)
    elif content_type in STREAM_TYPES:
        await ConnectCall(content_type, {}, receive, send, 0).end(error)
    else:
        await HttpCall(scope, dict(scope["headers"]), receive, send).refuse(error)
