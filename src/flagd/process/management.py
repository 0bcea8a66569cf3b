"""Management: /healthz, /readyz and /metrics over plain HTTP/1.1, one request per connection.

Answered by the event loop that answers callers, so that /healthz fails when that loop hangs. Probes are let in
whatever others do: where there is no room, the oldest connection goes, for a probe is over in no time.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

log = logging.getLogger(__name__)
REQUEST_BYTES = 8 * 1024
REQUEST_SECONDS = 5.0
CONNECTIONS = 128
BACKLOG = 1024
"""Connections that the system keeps until they are taken."""
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: status, media type, body."""

    status: HTTPStatus
    content_type: str
    body: bytes


Handler = Callable[[], Awaitable[Page]]


class Management:
    """A small HTTP server for probes and scrapers: GET and HEAD, bounded in size, time and number."""

    def __init__(self, pages: Mapping[str, Handler], address: str) -> None:
        """Answer `pages` by path on `address` (``host:port``; port 0 = any free one)."""
        self._pages = pages
        self._address = address
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, None] = {}
        self._pages_made: dict[str, asyncio.Task[Page]] = {}

    @property
    def address(self) -> str:
        """``host:port`` that is listened on."""
        return self._address

    async def start(self) -> None:
        """Listen. Raises OSError when the address cannot be had."""
        host, _, port = self._address.rpartition(":")
        try:
            self._server = await asyncio.start_server(
                self._serve, host.strip("[]"), int(port), limit=REQUEST_BYTES, backlog=BACKLOG
            )
        except OSError as error:
            raise OSError(f"cannot listen on {self._address}: {os.strerror(error.errno or 0).lower()}") from error
        self._address = f"{host}:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= CONNECTIONS:
            oldest = next(iter(self._open))
            del self._open[oldest]
            oldest.transport.abort()
        self._open[writer] = None
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                writer.write(await self._respond(reader))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.pop(writer, None)
            writer.close()

    async def _respond(self, reader: asyncio.StreamReader) -> bytes:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return _encode(_plain(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))
        method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        target, _, version = rest.partition(" ")
        if not version.startswith("HTTP/1."):
            return _encode(_plain(HTTPStatus.BAD_REQUEST))
        if method not in {"GET", "HEAD"}:
            return _encode(_plain(HTTPStatus.METHOD_NOT_ALLOWED))
        page = await self._page(target.partition("?")[0])
        return _encode(page, body=method == "GET")

    async def _page(self, path: str) -> Page:
        handler = self._pages.get(path)
        if handler is None:
            return _plain(HTTPStatus.NOT_FOUND)
        # Anyone who asks while it is being made gets the same: many who ask cost no more than one.
        making = self._pages_made.get(path)
        if making is None:
            making = self._pages_made[path] = asyncio.create_task(_make(path, handler), name=f"page {path}")
            making.add_done_callback(lambda _: self._pages_made.pop(path, None))
        return await asyncio.shield(making)


async def _make(path: str, handler: Handler) -> Page:
    try:
        return await handler()
    except Exception:
        log.exception("%s failed", path)
        return _plain(HTTPStatus.INTERNAL_SERVER_ERROR)


def _plain(status: HTTPStatus) -> Page:
    return Page(status, "text/plain; charset=utf-8", f"{status.phrase}\n".encode())


def _encode(page: Page, *, body: bool = True) -> bytes:
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}\r\n"
        f"content-type: {page.content_type}\r\n"
        f"content-length: {len(page.body)}\r\n"
        "cache-control: no-store\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + (page.body if body else b"")
