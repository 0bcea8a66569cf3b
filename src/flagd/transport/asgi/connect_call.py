"""ConnectCall: the Connect protocol over ASGI, unary calls and server streams.

Source: https://connectrpc.com/docs/protocol
"""

from __future__ import annotations

import base64
import binascii
import contextlib
from typing import TYPE_CHECKING, Any

from flagd.rpc.method import Call
from flagd.rpc.query import parameters as query_parameters
from flagd.rpc.status import InvalidArgument, Status
from flagd.transport.asgi.body import read_body
from flagd.transport.asgi.codec import JSON, PROTO, Codec
from flagd.transport.asgi.compression import Encoding, compress_answer, decompress, parse_encoding
from flagd.transport.asgi.entitlement import admit
from flagd.transport.asgi.failure import settle
from flagd.transport.asgi.frame import END_STREAM, PREFIX, frame, only_frame
from flagd.transport.asgi.metadata import Metadata
from flagd.transport.asgi.outcome import Headers, connect_end, connect_error_body
from flagd.transport.asgi.supervision import Supervision, supervised
from flagd.transport.asgi.timeout import parse_connect_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from flagd.rpc.method import Method
    from flagd.rpc.status import RpcError
    from flagd.transport.asgi.body import Receive, Send

UNARY_TYPES: dict[bytes, Codec] = {b"application/json": JSON, b"application/proto": PROTO}
STREAM_TYPES: dict[bytes, Codec] = {b"application/connect+json": JSON, b"application/connect+proto": PROTO}

_JSON_HEADERS: Headers = [(b"content-type", b"application/json")]


class ConnectCall:
    """One call. ``fields`` are the request's headers, ``content_type`` how it and the answer are written."""

    __slots__ = ("_content_type", "_fields", "_limit", "_receive", "_send", "_started")

    def __init__(
        self, content_type: bytes, fields: dict[bytes, bytes], receive: Receive, send: Send, limit: int
    ) -> None:
        self._content_type = content_type
        self._fields = fields
        self._receive = receive
        self._send = send
        self._limit = limit
        self._started = False

    async def unary(self, method: Method) -> None:
        """Answer a POST of one message."""
        try:
            await admit(method.admit, Call(Metadata(self._fields)), self._receive)
            self._check_version(self._fields.get(b"connect-protocol-version", b"1"), b"1")
            body = await read_body(self._receive, self._limit)
            encoding = parse_encoding(self._fields.get(b"content-encoding"))
            if encoding is not None and encoding is not Encoding.IDENTITY:
                body = decompress(body, encoding, self._limit)
            await self._unary(method, body, UNARY_TYPES[self._content_type])
        except Exception as error:  # noqa: BLE001 - every call is answered
            await settle(error, self._fail, method.path)

    async def get(self, method: Method, query: str) -> None:
        """Answer a GET, which carries the message in its query; only for methods that just read."""
        try:
            await admit(method.admit, Call(Metadata(self._fields)), self._receive)
            parameters = query_parameters(query)
            self._check_version(parameters.get("connect", "v1").encode(), b"v1")
            self._content_type = b"application/" + parameters.get("encoding", "").encode()
            codec = UNARY_TYPES.get(self._content_type)
            if codec is None:
                raise InvalidArgument("encoding: must be json or proto")
            await self._unary(method, self._query_message(parameters), codec)
        except Exception as error:  # noqa: BLE001 - every call is answered
            await settle(error, self._fail, method.path)

    async def stream(self, method: Method) -> None:
        """Answer a POST of one message with a stream of them."""
        try:
            await admit(method.admit, Call(Metadata(self._fields)), self._receive)
            self._check_version(self._fields.get(b"connect-protocol-version", b"1"), b"1")
            encoding = parse_encoding(self._fields.get(b"connect-content-encoding"))
            body = await read_body(self._receive, self._limit, PREFIX)
            codec = STREAM_TYPES[self._content_type]
            request = await codec.decode(only_frame(body, encoding, self._limit), method.request)
            remaining = parse_connect_timeout(self._fields.get(b"connect-timeout-ms"))
            assert method.stream is not None  # noqa: S101 - the front sends only streams here
            with Supervision(self._receive, remaining):
                await self._replies(method.stream(request, Call(Metadata(self._fields), remaining)), method)
            await self._end(connect_end(Status.OK))
        except Exception as error:  # noqa: BLE001 - every call is answered
            await settle(error, self.end, method.path)

    async def _unary(self, method: Method, body: bytes, codec: Codec) -> None:
        request = await codec.decode(body, method.request)
        remaining = parse_connect_timeout(self._fields.get(b"connect-timeout-ms"))
        assert method.unary is not None  # noqa: S101 - the front sends only unary calls here
        reply = await supervised(
            method.unary(request, Call(Metadata(self._fields), remaining)), self._receive, remaining
        )
        answer = await codec.encode(reply, method.response)
        headers = [(b"content-type", self._content_type)]
        answer, compressed = await compress_answer(answer, self._fields.get(b"accept-encoding"))
        await self._respond(200, headers + compressed, answer)

    async def _replies(self, replies: AsyncIterator[Any], method: Method) -> None:
        codec = STREAM_TYPES[self._content_type]
        async with contextlib.aclosing(replies):  # type: ignore[type-var]
            async for reply in replies:
                await self._part(frame(await codec.encode(reply, method.response)))

    async def _part(self, part: bytes) -> None:
        await self._start()
        await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def end(self, error: RpcError) -> None:
        """End a stream with what an error says."""
        await self._end(connect_end(error.status, error.message))

    async def _end(self, said: bytes) -> None:
        await self._start()
        last = frame(said, END_STREAM)
        await self._send({"type": "http.response.body", "body": last, "more_body": False})

    async def _start(self) -> None:
        if self._started:
            return
        self._started = True
        headers = [(b"content-type", self._content_type)]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def _fail(self, error: RpcError) -> None:
        await self._respond(error.http_status, _JSON_HEADERS, connect_error_body(error.status, error.message))

    async def _respond(self, status: int, headers: Headers, body: bytes) -> None:
        length = (b"content-length", b"%d" % len(body))
        await self._send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _query_message(self, parameters: dict[str, str]) -> bytes:
        message = parameters.get("message", "").encode()
        if parameters.get("base64") == "1":
            try:
                message = base64.b64decode(message + b"=" * (-len(message) % 4), altchars=b"-_", validate=True)
            except (binascii.Error, ValueError):
                raise InvalidArgument("message: not valid URL-safe base64") from None
        encoding = parse_encoding(parameters["compression"].encode()) if "compression" in parameters else None
        if encoding is None or encoding is Encoding.IDENTITY:
            return message
        return decompress(message, encoding, self._limit)

    @staticmethod
    def _check_version(given: bytes, wanted: bytes) -> None:
        if given != wanted:
            raise InvalidArgument("connect-protocol-version: this server speaks 1")
