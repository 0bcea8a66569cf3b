"""HttpCall: plain HTTP routes over ASGI: one answer, or server-sent events."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flagd.rpc.route import EventStream, Request, Response
from flagd.rpc.status import Overloaded
from flagd.transport.asgi.body import pass_over_body, read_body
from flagd.transport.asgi.compression import Encoding, compress_answer, decompress, parse_encoding
from flagd.transport.asgi.entitlement import admit
from flagd.transport.asgi.failure import settle
from flagd.transport.asgi.metadata import Metadata
from flagd.transport.asgi.outcome import Headers, connect_error_body
from flagd.transport.asgi.supervision import Supervision, supervised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.rpc.route import Route
    from flagd.rpc.status import RpcError
    from flagd.transport.asgi.body import Receive, Scope, Send

RETRY = {"retry-after": "1"}
"""Headers of an answer to who should come again later."""
_BODILESS = (204, 304)
_STREAM_HEADERS: Headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]


class RouteTable:
    """Finds the route of a path: the whole path first, then the longest route that ends in ``/`` and begins it."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._exact: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._exact.setdefault(route.path, {})[route.method] = route
        self._below = sorted((path for path in self._exact if path.endswith("/")), key=len, reverse=True)

    def find(self, path: str) -> Mapping[str, Route]:
        """Return the routes of ``path`` by HTTP method; empty when there is none."""
        exact = self._exact.get(path)
        if exact is not None:
            return exact
        for prefix in self._below:
            if path.startswith(prefix):
                return self._exact[prefix]
        return {}


class HttpCall:
    """One call of a route. `fields` are the request's headers."""

    __slots__ = ("_fields", "_receive", "_route", "_scope", "_send", "_started")

    def __init__(self, scope: Scope, fields: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        self._scope = scope
        self._fields = fields
        self._receive = receive
        self._send = send
        self._route: Route | None = None
        self._started = False

    async def run(self, route: Route) -> None:
        """Answer the call, whatever happens."""
        self._route = route
        try:
            # Before the body is read: who is refused for its key costs no more than a look at its headers.
            await admit(route.admit, Metadata(self._fields), self._receive)
            answer = await supervised(route.handler(await self._request(route)), self._receive, None)
            if isinstance(answer, EventStream):
                await self._events(answer)
            else:
                await self.respond(answer)
        except Exception as error:  # noqa: BLE001 - every call is answered
            await settle(error, self._fail, route.path)

    async def respond(self, response: Response) -> None:
        """Send a whole answer, compressed where that is worth it and the caller takes it."""
        headers, body = _encoded(response.headers), response.body
        if response.content_type:
            headers.append((b"content-type", response.content_type.encode("latin-1")))
        if response.status not in _BODILESS:
            body, compressed = await compress_answer(body, self._fields.get(b"accept-encoding"))
            headers += compressed
            headers.append((b"content-length", b"%d" % len(body)))
        self._started = True
        await self._send({"type": "http.response.start", "status": response.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def refuse(
        self, error: RpcError, headers: Mapping[str, str] | None = None, *, route: Route | None = None
    ) -> None:
        """Refuse a call of which nothing was read: after its body, or HTTP/2 clients may see a reset instead.

        `route` is one whose form of an error is used.
        """
        self._route = route
        with contextlib.suppress(OSError):
            if not isinstance(error, Overloaded):
                await pass_over_body(self._receive)
            await self._say(error, headers or {})

    async def _request(self, route: Route) -> Request:
        scope = self._scope
        body = await read_body(self._receive, route.body_limit)
        encoding = parse_encoding(self._fields.get(b"content-encoding"))
        if encoding is not None and encoding is not Encoding.IDENTITY:
            body = decompress(body, encoding, route.body_limit)
        return Request(
            method=scope["method"],
            path=scope["path"],
            tail=self._tail(route),
            query=scope["query_string"].decode("latin-1"),
            headers=Metadata(self._fields),
            body=body,
        )

    def _tail(self, route: Route) -> str:
        if not route.path.endswith("/"):
            return ""
        tail: str = self._scope["path"][len(route.path) :]
        # A slash that is written at the end is nobody's; one that belongs to a name is written %2F.
        written: bytes = self._scope.get("raw_path", b"")
        return tail.removesuffix("/") if written.partition(b"?")[0].endswith(b"/") else tail

    async def _events(self, stream: EventStream) -> None:
        self._started = True
        headers = _STREAM_HEADERS + _encoded(stream.headers)
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._part(b"")
        with Supervision(self._receive, None):
            async with contextlib.aclosing(stream.events):  # type: ignore[type-var]
                async for event in stream.events:
                    await self._part(event)
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _part(self, part: bytes) -> None:
        await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def _fail(self, error: RpcError) -> None:
        if self._started:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        await self._say(error, {})

    async def _say(self, error: RpcError, headers: Mapping[str, str]) -> None:
        route = self._route
        if route is not None and route.failure is not None:
            body = route.failure(self._tail(route), error)
        else:
            body = connect_error_body(error.status, error.message)
        again = RETRY if isinstance(error, Overloaded) else {}
        await self.respond(Response(error.http_status, body, headers={**headers, **again}))


def _encoded(headers: Mapping[str, str]) -> Headers:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
