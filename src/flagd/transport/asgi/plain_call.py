"""PlainCall: the short way of a unary gRPC call whose request is one whole message, not compressed.

Nearly every call is that, and every function more on its way is a measurable share of its cost. Any other goes the
long way, through GrpcCall, and is answered alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from flagd.rpc.method import Call
from flagd.transport.asgi.body import pass_over_body
from flagd.transport.asgi.failure import settle
from flagd.transport.asgi.frame import PREFIX
from flagd.transport.asgi.grpc_call import DIALECTS, OK_TRAILERS, GrpcCall
from flagd.transport.asgi.metadata import Metadata
from flagd.transport.asgi.supervision import Resumed, Supervision
from flagd.transport.asgi.timeout import parse_grpc_timeout
from flagd.transport.message import AT_ONCE_BYTES

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from flagd.rpc.method import Method, UnaryHandler
    from flagd.transport.asgi.body import Event, Receive, Send

CONTENT_TYPE = b"application/grpc"
_DIALECT = DIALECTS[CONTENT_TYPE]


class PlainMethod:
    """A unary method, as the short way calls it."""

    __slots__ = ("_admit", "_at_once", "_handler", "_limit", "_method", "_parse")

    def __init__(self, method: Method, handler: UnaryHandler, limit: int) -> None:
        self._method = method
        self._handler = handler
        self._admit = method.admit
        self._parse = method.request.FromString
        self._limit = limit
        self._at_once = min(limit, AT_ONCE_BYTES)

    async def answer(self, fields: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        """Answer one call; ``fields`` are its headers."""
        try:
            self._admit(Call(Metadata(fields)))
        except Exception as error:  # noqa: BLE001 - every call is answered
            await pass_over_body(receive)
            await settle(error, GrpcCall(_DIALECT, fields, receive, send, self._limit).fail, self._method.path)
            return
        event = await receive()
        request = self._request(event)
        if request is None:
            await GrpcCall(_DIALECT, fields, _Again(event, receive), send, self._limit).run(self._method)
            return
        try:
            timeout = fields.get(b"grpc-timeout")
            remaining = None if timeout is None else parse_grpc_timeout(timeout)
            coroutine = self._handler(request, Call(Metadata(fields), remaining))
            try:
                pending = coroutine.send(None)
            except StopIteration as done:
                reply = done.value
            else:
                with Supervision(receive, remaining):
                    reply = await Resumed(coroutine, pending)
            message = reply if isinstance(reply, bytes) else reply.SerializeToString()
        except Exception as error:  # noqa: BLE001 - every call is answered
            await settle(error, GrpcCall(_DIALECT, fields, receive, send, self._limit).fail, self._method.path)
            return
        body = b"\0" + len(message).to_bytes(4, "big") + message
        await send(_DIALECT.start)
        await send({"type": "http.response.body", "body": body, "more_body": False})
        await send(OK_TRAILERS)

    def _request(self, event: Event) -> Message | None:
        """Return the message of a request that is whole, uncompressed, small and valid, else None."""
        body = event.get("body", b"")
        size = len(body) - PREFIX
        if event.get("more_body", True) or size > self._at_once:
            return None
        if body[:1] != b"\0" or int.from_bytes(body[1:PREFIX], "big") != size:
            return None
        try:
            return self._parse(body[PREFIX:])
        except DecodeError:
            return None


class _Again:
    """Receives an event that was received already, then what follows."""

    __slots__ = ("_event", "_receive")

    def __init__(self, event: Event, receive: Receive) -> None:
        self._event: Event | None = event
        self._receive = receive

    async def __call__(self) -> Event:
        event, self._event = self._event, None
        return event if event is not None else await self._receive()
