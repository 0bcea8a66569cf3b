"""GrpcCall: gRPC over ASGI, all four kinds of call.

Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.rpc.method import Call
from flagd.rpc.status import Status, Unimplemented
from flagd.transport.asgi.body import read_body, read_parts
from flagd.transport.asgi.codec import JSON, PROTO, Codec
from flagd.transport.asgi.compression import ACCEPTED, parse_encoding
from flagd.transport.asgi.entitlement import admit
from flagd.transport.asgi.failure import settle
from flagd.transport.asgi.frame import PREFIX, FrameReader, frame, only_frame
from flagd.transport.asgi.metadata import Metadata
from flagd.transport.asgi.outcome import Headers, grpc_trailers
from flagd.transport.asgi.supervision import Supervision, supervised
from flagd.transport.asgi.timeout import parse_grpc_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from google.protobuf.message import Message

    from flagd.rpc.method import Method
    from flagd.rpc.status import RpcError
    from flagd.transport.asgi.body import Event, Receive, Send

OK_TRAILERS: Event = {"type": "http.response.trailers", "headers": grpc_trailers(Status.OK)}
_LAST_PART: Event = {"type": "http.response.body", "body": b"", "more_body": False}
_FIRST_PART: Event = {"type": "http.response.body", "body": b"", "more_body": True}


@dataclass(frozen=True, slots=True)
class GrpcDialect:
    """One content type of gRPC: how its messages are written, and the start of every answer, made once."""

    codec: Codec
    headers: Headers
    start: Event

    @classmethod
    def of(cls, content_type: bytes, codec: Codec) -> GrpcDialect:
        """Return the dialect of ``content_type``."""
        headers = [(b"content-type", content_type), (b"grpc-accept-encoding", ACCEPTED.encode())]
        start = {"type": "http.response.start", "status": 200, "headers": headers[:1], "trailers": True}
        return cls(codec, headers, start)


DIALECTS = {
    b"application/grpc": GrpcDialect.of(b"application/grpc", PROTO),
    b"application/grpc+proto": GrpcDialect.of(b"application/grpc+proto", PROTO),
    b"application/grpc+json": GrpcDialect.of(b"application/grpc+json", JSON),
}


class GrpcCall:
    """One call. ``fields`` are the request's headers, ``dialect`` follows from its content type."""

    __slots__ = ("_dialect", "_fields", "_limit", "_receive", "_send", "_started")

    def __init__(
        self, dialect: GrpcDialect, fields: dict[bytes, bytes], receive: Receive, send: Send, limit: int
    ) -> None:
        self._dialect = dialect
        self._fields = fields
        self._receive = receive
        self._send = send
        self._limit = limit
        self._started = False

    async def run(self, method: Method | None) -> None:
        """Answer the call, whatever happens."""
        try:
            await self._serve(method)
        except Exception as error:  # noqa: BLE001 - every call is answered
            await settle(error, self.fail, method.path if method else "unknown method")

    async def _serve(self, method: Method | None) -> None:
        if method is None:
            raise Unimplemented("no such method")
        # Before the message is read: who is refused for its key costs no more than a look at its headers.
        await admit(method.admit, Call(Metadata(self._fields)), self._receive)
        remaining = parse_grpc_timeout(self._fields.get(b"grpc-timeout"))
        call = Call(Metadata(self._fields), remaining)
        if method.unary is not None:
            reply = await supervised(method.unary(await self._only_message(method), call), self._receive, remaining)
            await self._answer(await self._dialect.codec.encode(reply, method.response))
        elif method.stream is not None:
            request = await self._only_message(method)
            with Supervision(self._receive, remaining):
                await self._stream(method.stream(request, call), method)
        elif method.bidi is not None:
            with Supervision(None, remaining):
                await self._flush()
                await self._stream(method.bidi(self._messages(method), call), method)

    async def _only_message(self, method: Method) -> Message:
        body = await read_body(self._receive, self._limit, PREFIX)
        return await self._dialect.codec.decode(only_frame(body, self._encoding(), self._limit), method.request)

    async def _messages(self, method: Method) -> AsyncIterator[Message]:
        reader = FrameReader(self._limit, self._encoding())
        async for part in read_parts(self._receive):
            for data in reader.feed(part):
                yield await self._dialect.codec.decode(data, method.request)
        reader.close()

    def _encoding(self) -> Any:  # noqa: ANN401
        return parse_encoding(self._fields.get(b"grpc-encoding"))

    async def _answer(self, message: bytes) -> None:
        send = self._send
        self._started = True
        await send(self._dialect.start)
        await send({"type": "http.response.body", "body": frame(message), "more_body": False})
        await send(OK_TRAILERS)

    async def _stream(self, replies: AsyncIterator[Any], method: Method) -> None:
        encode = self._dialect.codec.encode
        async with contextlib.aclosing(replies):  # type: ignore[type-var]
            async for reply in replies:
                await self._start()
                part = frame(await encode(reply, method.response))
                await self._send({"type": "http.response.body", "body": part, "more_body": True})
        await self._start()
        await self._send(_LAST_PART)
        await self._send(OK_TRAILERS)

    async def _flush(self) -> None:
        """Send the headers now: Envoy's limit on the time a request may take ends with them."""
        await self._start()
        await self._send(_FIRST_PART)

    async def _start(self) -> None:
        if not self._started:
            self._started = True
            await self._send(self._dialect.start)

    async def fail(self, error: RpcError) -> None:
        """Answer with what `error` says; for a call that this object runs, or another that has not answered."""
        trailers = grpc_trailers(error.status, error.message)
        if self._started:
            await self._send(_LAST_PART)
            await self._send({"type": "http.response.trailers", "headers": trailers})
            return
        headers = self._dialect.headers + trailers
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._send(_LAST_PART)
