"""Management: /healthz, /readyz, /metrics and the like over HTTP/1.1, one request per connection.

Answered by the event loop that answers callers, so that /healthz fails when that loop hangs. Probes are let in
whatever others do: where there is no room, the oldest connection goes, for a probe is over in no time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flagd.process.address import split_address
from flagd.process.port.certificate import Certificate
from flagd.process.port.listening import cannot_listen
from flagd.process.port.tls_stream import TlsStream

if TYPE_CHECKING:
    from flagd.process.port.certificate import Pair

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


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler that answers each caller apart may know.

    Attributes:
        query: of the URL; of several parameters with one name the last.
        authorization: the header; empty without one.
    """

    query: Mapping[str, str]
    authorization: str


Handler = Callable[[], Awaitable[Page]]
AskedHandler = Callable[[Request], Awaitable[Page]]


class Management:
    """A small HTTP server for probes and scrapers: GET and HEAD, bounded in size, time and number."""

    def __init__(
        self,
        pages: Mapping[str, Handler],
        address: str,
        asked: Mapping[str, AskedHandler] | None = None,
        tls: Pair | None = None,
    ) -> None:
        """Answer on `address` (``host:port``; port 0 = any free one).

        Args:
            pages: by path; callers that come while one is being made get the same.
            address: where to listen.
            asked: pages by path that are made for one caller alone.
            tls: what to answer over HTTPS with; None = plain HTTP.
        """
        self._pages = pages
        self._asked = asked or {}
        self._tls = tls
        self._certificate: Certificate | None = None
        self._address = address
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, None] = {}
        self._pages_made: dict[str, asyncio.Task[Page]] = {}

    @property
    def address(self) -> str:
        """``host:port`` that is listened on."""
        return self._address

    async def start(self) -> None:
        """Listen. Raises OSError when the address cannot be had, or the certificate cannot be used."""
        self._certificate = None if self._tls is None else Certificate(self._tls)
        host, port = split_address(self._address)
        try:
            self._server = await asyncio.start_server(
                self._serve,
                host,
                port,
                limit=REQUEST_BYTES,
                backlog=BACKLOG,
            )
        except OSError as error:
            raise cannot_listen(self._address, error) from error
        self._address = f"{self._address.rpartition(':')[0]}:{self._server.sockets[0].getsockname()[1]}"

    async def run(self) -> None:
        """Follow the files of the certificate once it is started; until cancelled."""
        if self._certificate is None:
            await asyncio.Event().wait()  # a part of a program never ends by itself
        else:
            await self._certificate.follow()

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
                source, sink = self._ends(reader, writer)
                sink.write(await self._respond(source))
                await sink.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.pop(writer, None)
            writer.close()

    def _ends(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[asyncio.StreamReader | TlsStream, asyncio.StreamWriter | TlsStream]:
        if self._certificate is None:
            return reader, writer
        stream = TlsStream(self._certificate.context, reader, writer, REQUEST_BYTES)
        return stream, stream

    async def _respond(self, source: asyncio.StreamReader | TlsStream) -> bytes:
        try:
            head = await source.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return _encode(_plain(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))
        method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        target, _, version = rest.partition(" ")
        if not version.startswith("HTTP/1."):
            return _encode(_plain(HTTPStatus.BAD_REQUEST))
        if method not in {"GET", "HEAD"}:
            return _encode(_plain(HTTPStatus.METHOD_NOT_ALLOWED))
        path, _, query = target.partition("?")
        asked = self._asked.get(path)
        page = await (self._page(path) if asked is None else _made(path, asked, _request(query, head)))
        return _encode(page, body=method == "GET")

    async def _page(self, path: str) -> Page:
        handler = self._pages.get(path)
        if handler is None:
            return _plain(HTTPStatus.NOT_FOUND)
        # Anyone who asks while it is being made gets the same: many who ask cost no more than one.
        making = self._pages_made.get(path)
        if making is None:
            making = self._pages_made[path] = asyncio.create_task(_made(path, handler), name=f"page {path}")
            making.add_done_callback(lambda _: self._pages_made.pop(path, None))
        return await asyncio.shield(making)


def _request(query: str, head: bytes) -> Request:
    fields = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    found = [value.strip() for name, _, value in fields if name.lower() == "authorization"]
    return Request(dict(parse_qsl(query)), found[0] if len(found) == 1 else "")


async def _made(path: str, handler: Callable[..., Awaitable[Page]], *arguments: Request) -> Page:
    try:
        return await handler(*arguments)
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
