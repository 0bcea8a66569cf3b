"""Front: the ASGI application. Looks at path, method and content type, and hands the request to its protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.rpc.route import BODY_LIMIT, Response
from flagd.rpc.status import NoSuchPath, NoSuchVerb, Unreadable
from flagd.transport.asgi.connect_call import STREAM_TYPES, UNARY_TYPES, ConnectCall
from flagd.transport.asgi.grpc_call import DIALECTS, GrpcCall
from flagd.transport.asgi.head import HeadSend
from flagd.transport.asgi.http_call import HttpCall, RouteTable
from flagd.transport.asgi.plain_call import CONTENT_TYPE, PlainMethod

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence

    from flagd.rpc.method import Method
    from flagd.rpc.route import Route
    from flagd.transport.asgi.body import Receive, Scope, Send

_READING = ("GET", "HEAD")
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
        """Answer one HTTP request (ASGI). Returns the coroutine that answers: none is wrapped around it."""
        fields: dict[bytes, bytes] = dict(scope["headers"])
        plain = self.plain(scope, fields)
        if plain is not None:
            return plain.answer(fields, receive, send)
        dialect = DIALECTS.get(fields.get(b"content-type", b""))
        if dialect is not None and scope["method"] == "POST":
            return GrpcCall(dialect, fields, receive, send, self._limit).run(self._methods.get(scope["path"]))
        return self._answer(scope, fields, receive, send)

    def plain(self, scope: Scope, fields: dict[bytes, bytes]) -> PlainMethod | None:
        """Return the method that a request with these headers may call the short way."""
        if fields.get(b"content-type") == CONTENT_TYPE and scope["method"] == "POST":
            return self._plain.get(scope["path"])
        return None

    async def _answer(self, scope: Scope, fields: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        method = self._methods.get(path)
        if scope["method"] == "HEAD":
            send = HeadSend(send)
        if method is not None or (method := self._methods.get(path.rstrip("/"))) is not None:
            await self._connect(method, scope, fields, receive, send)
        else:
            await self._http(scope, fields, receive, send)

    async def _connect(
        self, method: Method, scope: Scope, fields: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        content_type = _essence(fields.get(b"content-type", b""))
        call = ConnectCall(content_type, fields, receive, send, self._limit)
        verb = scope["method"]
        readable = method.idempotent and method.unary is not None
        if verb in _READING and readable:
            await call.get(method, scope["query_string"].decode("latin-1"))
        elif verb != "POST":
            other = HttpCall(scope, fields, receive, send)
            await _other_verb(other, verb, ["GET", "HEAD", "POST"] if readable else ["POST"])
        elif content_type in UNARY_TYPES and method.unary is not None:
            await call.unary(method)
        elif content_type in STREAM_TYPES and method.stream is not None:
            await call.stream(method)
        else:
            await HttpCall(scope, fields, receive, send).refuse(_unreadable(method), {"accept-post": _ACCEPT_POST})

    async def _http(self, scope: Scope, fields: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        call = HttpCall(scope, fields, receive, send)
        path, verb = scope["path"], scope["method"]
        routes = self._routes.find(path) or self._routes.find(path.rstrip("/"))
        route = routes.get("GET" if verb == "HEAD" else verb) or routes.get("")
        if route is not None:
            await call.run(route)
        elif routes:
            allowed = sorted({*routes, *(["HEAD"] if "GET" in routes else [])})
            await _other_verb(call, verb, allowed, next(iter(routes.values())))
        elif _essence(fields.get(b"content-type", b"")).startswith(b"application/grpc"):
            await call.refuse(Unreadable(f"content-type: must be {_GRPC_TYPES}"), {"accept-post": _ACCEPT_POST})
        else:
            await call.refuse(NoSuchPath("no such method or path"))


async def _other_verb(call: HttpCall, verb: str, allowed: list[str], route: Route | None = None) -> None:
    """Answer OPTIONS with what a path takes, and refuse what it does not take."""
    headers = {"allow": ", ".join([*allowed, "OPTIONS"])}
    if verb == "OPTIONS":
        await call.respond(Response(204, content_type="", headers=headers))
    else:
        await call.refuse(NoSuchVerb(f"this path takes {', '.join(allowed)}"), headers, route=route)


def _unreadable(method: Method) -> Unreadable:
    types = UNARY_TYPES if method.unary else STREAM_TYPES if method.stream else DIALECTS
    return Unreadable(f"content-type: must be {_listed(types)}")


def _listed(types: Iterable[bytes]) -> str:
    *others, last = (one.decode() for one in types)
    return f"{', '.join(others)} or {last}"


_GRPC_TYPES = _listed(DIALECTS)


def _essence(content_type: bytes) -> bytes:
    """Return a content type without parameters such as ``; charset=utf-8``, in lower case."""
    return content_type.partition(b";")[0].strip().lower()
