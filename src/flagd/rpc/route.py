"""Route: one plain HTTP endpoint as services offer it and the ASGI front serves it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flagd.rpc.status import RpcError

BODY_LIMIT = 1024 * 1024
"""Bytes of a request body that are read where a route does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, its body read whole.

    Attributes:
        method: ``GET``, ``POST``…
        path: decoded path.
        tail: what follows the route's path where that ends in ``/``; otherwise "".
        query: the raw query string, without ``?``.
        headers: by lower-case name.
        body: at most the route's ``body_limit`` bytes.
    """

    method: str
    path: str
    tail: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, whole.

    Attributes:
        status: HTTP status.
        body: the content.
        content_type: its type; "" sends none.
        headers: further headers by lower-case name.
    """

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventStream:
    """Server-sent events: every item is sent as it comes, so it must be whole (``data: …`` and a blank line).

    The iterator is closed when the caller goes. It should yield at least a comment every 15 seconds, or proxies
    between us and the caller may give up.
    """

    events: AsyncIterator[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)


def admit_all(_: Mapping[str, str]) -> None:
    """Refuse nobody by its headers."""


Handler = Callable[[Request], Coroutine[Any, Any, Response | EventStream]]


@dataclass(frozen=True, slots=True)
class Route:
    """Which handler answers which path.

    Attributes:
        method: ``GET``, which HEAD is answered by too, or ``POST``; "" = any that no other route of the path takes.
        path: whole path; one that ends in ``/`` also answers everything below it (the longest wins).
        handler: an RpcError from it is answered with the HTTP status of its code and ``{"code", "message"}``.
        body_limit: bytes of body that are read, also after decompression; more is answered with 413.
        failure: makes the body of an error from the tail of the request's path and the error; None = that of above.
        admit: raises an RpcError for headers that are refused, before the body is read.
    """

    method: str
    path: str
    handler: Handler
    body_limit: int = BODY_LIMIT
    admit: Callable[[Mapping[str, str]], None] = admit_all
    failure: Callable[[str, RpcError], bytes] | None = None
