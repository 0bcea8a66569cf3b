"""Admission: lets a request in if there is room for it, and knows what it holds until it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.rpc.capacity import current
from flagd.rpc.status import Overloaded
from flagd.transport.asgi.connect_call import STREAM_TYPES, ConnectCall
from flagd.transport.asgi.grpc_call import DIALECTS, GrpcCall
from flagd.transport.asgi.http_call import HttpCall

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from flagd.rpc.capacity import Capacity, Hold
    from flagd.transport.asgi.body import Event, Receive, Scope, Send

    App = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]


class Admission:
    """An ASGI application around another. Whom there is no room for is refused in the words of its protocol."""

    def __init__(self, app: App, capacity: Capacity) -> None:
        self._app = app
        self._capacity = capacity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (ASGI)."""
        try:
            hold = self._capacity.open(str(scope.get("client")))
        except Overloaded as error:
            await _refuse(error, scope, receive, send)
            return
        current.set(hold)
        try:
            await self._app(scope, _counting(receive, hold), send)
        except Overloaded as error:
            await _refuse(error, scope, receive, send)
        finally:
            hold.close()


def _counting(receive: Receive, hold: Hold) -> Receive:
    """Return `receive`, of which `hold` knows how much came. The result raises Overloaded."""

    async def counted() -> Event:
        event = await receive()
        body = event.get("body")
        if body:
            hold.received(len(body))
        return event

    return counted


async def _refuse(error: Overloaded, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request that nothing was answered to yet."""
    content_type = dict(scope["headers"]).get(b"content-type", b"")
    dialect = DIALECTS.get(content_type)
    if dialect is not None:
        await GrpcCall(dialect, {}, receive, send, 0).fail(error)
    elif content_type in STREAM_TYPES:
        await ConnectCall(content_type, {}, receive, send, 0).end(error)
    else:
        await HttpCall(scope, dict(scope["headers"]), receive, send).refuse(error)
