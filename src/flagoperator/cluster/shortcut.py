"""Shortcut: the way of events that Kopf need not handle: a status was written, the spec is as it was.

Nearly all of these are about our own writes. Kopf has a task, a queue and several copies for each object that
changes, which costs as much as the write itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from flagoperator.cluster.address import kind_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, StreamReader

    Object = dict[str, Any]
    Report = Callable[[str, str, Object], None]
    Known = Callable[[str, Object], bool]

MODIFIED = b'{"type":"MODIFIED"'
"""How the API server begins the line of such an event. Where one begins otherwise, it takes the long way."""


class Shortcut:
    """Middleware that reports such events itself. Kopf is told how far the watch has come, as by a bookmark."""

    def __init__(self, known: Known, report: Report) -> None:
        """`known` tells whether the spec of an object is known; `report` is called with kind, type and object."""
        self._known = known
        self._report = report

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send `request`, and if it is for a watch, have Kopf read what is left of the answer."""
        response = await handler(request)
        kind = kind_of(request.url.name)
        if kind is not None and request.url.query.get("watch") == "true":
            response.content = _Rest(response.content, kind, self)  # type: ignore[assignment]
        return response

    def rest(self, kind: str, line: bytes) -> bytes:
        """Return what Kopf is to read of `line`, after what it need not handle was reported."""
        if not line.startswith(MODIFIED):
            return line
        try:
            obj = orjson.loads(line)["object"]
            version = obj["metadata"]["resourceVersion"]
            if not self._known(kind, obj):
                return line
        except (ValueError, KeyError, TypeError, AttributeError):
            return line
        self._report(kind, "MODIFIED", obj)
        return orjson.dumps({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": version}}})


class _Rest:
    """The body of a watch, of which Kopf reads pieces; to aiohttp it is the body as it was."""

    def __init__(self, content: StreamReader, kind: str, shortcut: Shortcut) -> None:
        self._content = content
        self._kind = kind
        self._shortcut = shortcut

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._content, name)

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        """Yield whole lines; at the end what there is of another."""
        begun = bytearray()
        async for piece in self._content.iter_chunked(size):
            begun += piece
            if b"\n" not in piece:
                continue
            *lines, rest = begun.split(b"\n")
            begun = rest
            yield b"".join(self._shortcut.rest(self._kind, bytes(line)) + b"\n" for line in lines)
        if begun:
            yield bytes(begun)
