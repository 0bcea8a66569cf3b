"""PlainCall: the short way of a unary gRPC call whose request is one whole message, not compressed.

Nearly every call is that, and every function more on its way is a measurable share of its cost. Any other goes the
long way, through GrpcCall, and is answered alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from google.protobuf.message import DecodeError

from flagd.rpc.capacity import received
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
    from collections.abc import Coroutine

    from google.protobuf.message import Message

    from flagd.rpc.method import Method, Reply, UnaryHandler
    from flagd.transport.asgi.body import Event, Receive, Send

CONTENT_TYPE = b"application/grpc"
_DIALECT = DIALECTS[CONTENT_TYPE]
START = _DIALECT.start


class Waiting(NamedTuple):
    """A handler that waits for something.

    Attributes:
        coroutine: of the handler, started.
        pending: what it waits for.
        remaining: seconds until the caller's deadline; None = none.
        size: bytes of the request.
    """

    coroutine: Coroutine[Any, Any, Reply]
    pending: object
    remaining: float | None
    size: int


Outcome = bytes | Waiting | Exception | None
"""What an attempt comes to: the framed answer, a handler that waits, an error, or that the call is not plain."""


class PlainMethod:
    """A unary method, as the short way calls it.

    Attributes:
        at_once: whether its handler never waits.
    """

    __slots__ = ("_admit", "_handler", "_limit", "_method", "_most", "_parse", "at_once")

    def __init__(self, method: Method, handler: UnaryHandler, limit: int) -> None:
        self.at_once = method.at_once
        self._method = method
        self._handler = handler
        self._admit = method.admit
        self._parse = method.request.FromString
        self._limit = limit
        self._most = min(limit, AT_ONCE_BYTES)

    async def answer(self, fields: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        """Answer one call; ``fields`` are its headers."""
        try:
            self._admit(Call(Metadata(fields)))
        except Exception as error:  # noqa: BLE001 - every call is answered
            await pass_over_body(receive)
            await settle(error, GrpcCall(_DIALECT, fields, receive, send, self._limit).fail, self._method.path)
            return
        event = await receive()
        await self.finish(self.attempt(fields, event), fields, Again(event, receive), send)

    def attempt(self, fields: dict[bytes, bytes], event: Event) -> Outcome:
        """Have a call answered whose body begins with `event`; raises nothing."""
        request = self._request(event)
        if request is None:
            return None
        try:
            timeout = fields.get(b"grpc-timeout")
            remaining = None if timeout is None else parse_grpc_timeout(timeout)
            coroutine = self._handler(request, Call(Metadata(fields), remaining))
            try:
                pending = coroutine.send(None)
            except StopIteration as done:
                return _framed(done.value)
            return Waiting(coroutine, pending, remaining, len(event["body"]))
        except Exception as error:  # noqa: BLE001 - every call is answered
            return error

    async def finish(self, outcome: Outcome, fields: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        """Answer a call with what an attempt came to; `receive` starts with the event that was attempted."""
        long = GrpcCall(_DIALECT, fields, receive, send, self._limit)
        if outcome is None:
            await long.run(self._method)
            return
        if isinstance(outcome, Waiting):
            outcome = await _waited(outcome, receive)
        # It is not raised here: its frames would hold what holds it.
        if isinstance(outcome, Exception):
            await settle(outcome, long.fail, self._method.path)
            return
        await send(START)
        await send({"type": "http.response.body", "body": outcome, "more_body": False})
        await send(OK_TRAILERS)

    def _request(self, event: Event) -> Message | None:
        """Return the message of a request that is whole, uncompressed, small and valid, else None."""
        body = event.get("body", b"")
        size = len(body) - PREFIX
        if event.get("more_body", True) or size > self._most:
            return None
        if body[:1] != b"\0" or int.from_bytes(body[1:PREFIX], "big") != size:
            return None
        try:
            return self._parse(body[PREFIX:])
        except DecodeError:
            return None


class Again:
    """Receives an event that was received already, then what follows."""

    __slots__ = ("_event", "_receive")

    def __init__(self, event: Event, receive: Receive) -> None:
        self._event: Event | None = event
        self._receive = receive

    async def __call__(self) -> Event:
        """Return that event, and from then on what is received (ASGI)."""
        event, self._event = self._event, None
        return event if event is not None else await self._receive()


async def _waited(waiting: Waiting, receive: Receive) -> bytes | Exception:
    try:
        received(waiting.size)
        with Supervision(receive, waiting.remaining):
            return _framed(await Resumed(waiting.coroutine, waiting.pending))
    except Exception as error:  # noqa: BLE001 - every call is answered
        return error


def _framed(reply: Reply) -> bytes:
    message = reply if isinstance(reply, bytes) else reply.SerializeToString()
    return b"\0" + len(message).to_bytes(4, "big") + message
