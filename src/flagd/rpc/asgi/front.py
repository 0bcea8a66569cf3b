"""Front: the ASGI application. Looks at path, method and content type, and hands the request to its protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.rpc.asgi.connect_call import STREAM_TYPES, UNARY_TYPES, ConnectCall
from flagd.rpc.asgi.grpc_call import DIALECTS, GrpcCall
from flagd.rpc.asgi.http_call import HttpCall, RouteTable
from flagd.rpc.asgi.plain_call import CONTENT_TYPE, PlainMethod
from flagd.rpc.route import BODY_LIMIT
from flagd.rpc.status import Status

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from flagd.rpc.asgi.body import Receive, Scope, Send
    from flagd.rpc.method import Method
    from flagd.rpc.route import Route

_ACCEPT_POST = b", ".join((*UNARY_TYPES, *STREAM_TYPES, *DIALECTS)).decode()


class Front:
    """Serves methods by gRPC and Connect, and routes by plain HTTP. Every request is answered.

    Args:
        methods: RPCs by ``/package.Service/Method``.
        routes: plain HTTP endpoints.
        limit: bytes of the largest message that is read.
    """

    def __init__(self, methods: Sequence[Method], routes: Sequence[Route] = (), *, limit: int = BODY_LIMIT) -> None:
        self._methods = {method.path: method for method in methods}
        self._plain = {
            method.path: PlainMethod(method, method.unary, limit) for method in methods if method.unary is not None
        }
        self._routes = RouteTable(routes)
        self._limit = limit

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        """Answer one HTTP request (ASGI). Returns the coroutine of whoever answers: none is wrapped around it."""
        fields: dict[bytes, bytes] = dict(scope["headers"])
        if fields.get(b"content-type") == CONTENT_TYPE and scope["method"] == "POST":
            plain = self._plain.get(scope["path"])
            if plain is not None:
                return plain.answer(fields, receive, send)
        return self._answer(scope, fields, receive, send)

    async def _answer(self, scope: Scope, fields: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        method = self._methods.get(scope["path"])
        dialect = DIALECTS.get(fields.get(b"content-type", b""))
        if dialect is not None and scope["method"] == "POST":
            await GrpcCall(dialect, fields, receive, send, self._limit).run(method)
        elif method is not None:
            await self._connect(method, scope, fields, receive, send)
        else:
            await self._http(scope, receive, send)

    async def _connect(
        self, method: Method, scope: Scope, fields: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        content_type = _essence(fields.get(b"content-type", b""))
        call = ConnectCall(content_type, fields, receive, send, self._limit)
        verb = scope["method"]
        if verb == "GET" and method.idempotent and method.unary is not None:
            await call.get(method, scope["query_string"].decode("latin-1"))
        elif verb != "POST":
            allowed = "GET, POST" if method.idempotent and method.unary is not None else "POST"
            await HttpCall(scope, receive, send).turn_away(
                405, Status.UNIMPLEMENTED, f"this method takes {allowed}", {"allow": allowed}
            )
        elif content_type in UNARY_TYPES and method.unary is not None:
            await call.unary(method)
        elif content_type in STREAM_TYPES and method.stream is not None:
            await call.stream(method)
        else:
            await HttpCall(scope, receive, send).turn_away(
                415, Status.UNIMPLEMENTED, "this method does not take this content type", {"accept-post": _ACCEPT_POST}
            )

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = HttpCall(scope, receive, send)
        routes = self._routes.find(scope["path"])
        route = routes.get(scope["method"])
        if route is not None:
            await call.run(route)
        elif routes:
            allowed = ", ".join(sorted(routes))
            await call.turn_away(405, Status.UNIMPLEMENTED, f"this path takes {allowed}", {"allow": allowed})
        elif _essence(dict(scope["headers"]).get(b"content-type", b"")).startswith(b"application/grpc"):
            await call.turn_away(415, Status.UNIMPLEMENTED, "content type is not known", {"accept-post": _ACCEPT_POST})
        else:
            await call.turn_away(404, Status.UNIMPLEMENTED, "no such method or path")


def _essence(content_type: bytes) -> bytes:
    """Return a content type without parameters such as ``; charset=utf-8``, in lower case."""
    return content_type.partition(b";")[0].strip().lower()
