"""HttpCall: plain HTTP routes over ASGI: one answer, or server-sent events."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flagd.rpc.asgi.body import pass_over_body, read_body
from flagd.rpc.asgi.failure import settle
from flagd.rpc.asgi.metadata import Metadata
from flagd.rpc.asgi.outcome import HTTP_STATUS, Headers, connect_error_body
from flagd.rpc.asgi.supervision import Supervision, supervised
from flagd.rpc.route import EventStream, Request, Response
from flagd.rpc.status import Overloaded, ResourceExhausted, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.rpc.asgi.body import Receive, Scope, Send
    from flagd.rpc.route import Route

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
    """One call of a route."""

    __slots__ = ("_receive", "_scope", "_send", "_started")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._started = False

    async def run(self, route: Route) -> None:
        """Answer the call, whatever happens."""
        try:
            request = await self._request(route)
            if request is None:
                await self.refuse(413, Status.RESOURCE_EXHAUSTED, f"the body is larger than {route.body_limit} bytes")
                return
            answer = await supervised(route.handler(request), self._receive, None)
            if isinstance(answer, EventStream):
                await self._events(answer)
            else:
                await self.respond(answer)
        except Overloaded as error:
            await self.refuse(503, error.status, error.message, RETRY)
        except Exception as error:  # noqa: BLE001 - every call is answered
            await settle(error, self._fail, route.path)

    async def respond(self, response: Response) -> None:
        """Send a whole answer."""
        headers = _encoded(response.headers)
        if response.content_type:
            headers.append((b"content-type", response.content_type.encode("latin-1")))
        if response.status not in _BODILESS:
            headers.append((b"content-length", b"%d" % len(response.body)))
        self._started = True
        await self._send({"type": "http.response.start", "status": response.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": response.body, "more_body": False})

    async def refuse(self, status: int, code: Status, message: str, headers: Mapping[str, str] | None = None) -> None:
        """Send an error that is known before any handler runs."""
        await self.respond(Response(status, connect_error_body(code, message), headers=headers or {}))

    async def turn_away(
        self, status: int, code: Status, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Refuse a call of which nothing was read: after its body, or HTTP/2 clients may see a reset instead."""
        await pass_over_body(self._receive)
        await self.refuse(status, code, message, headers)

    async def _request(self, route: Route) -> Request | None:
        scope = self._scope
        try:
            body = await read_body(self._receive, route.body_limit)
        except ResourceExhausted:
            return None
        path: str = scope["path"]
        return Request(
            method=scope["method"],
            path=path,
            tail=path[len(route.path) :] if route.path.endswith("/") else "",
            query=scope["query_string"].decode("latin-1"),
            headers=Metadata(dict(scope["headers"])),
            body=body,
        )

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

    async def _fail(self, status: Status, message: str) -> None:
        if self._started:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        await self.refuse(HTTP_STATUS[status], status, message)


def _encoded(headers: Mapping[str, str]) -> Headers:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
