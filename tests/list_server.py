"""A real HTTPS server of lists, which tells lies on demand."""

from __future__ import annotations

import hashlib
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Answer = Callable[["_Handler"], None]

TOKEN = "secret-of-the-warehouse"


@dataclass
class ListServer:
    """Serves `lists` by path, with ETags; a path in `faults` is answered by its fault. Use it as a context manager.

    Attributes:
        asked: paths that were asked for, with the status that they got.
    """

    certificate: Path
    key: Path
    lists: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __enter__(self) -> Self:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        self.released = threading.Event()
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"served": self}))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.daemon_threads = True
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def url(self) -> str:
        """What stands before the paths of lists."""
        return f"https://localhost:{self._server.server_port}/exports/"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: ListServer

    def do_GET(self) -> None:
        path = self.path.removeprefix("/exports/")
        if path in self.served.faults:
            self.served.faults[path](self)
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.status(401)
        elif path not in self.served.lists:
            self.status(404)
        else:
            self._list(self.served.lists[path])

    def _list(self, body: bytes) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        if self.headers.get("If-None-Match") == etag:
            self.status(304)
        else:
            self.send(body, ETag=etag)

    def status(self, status: int, **headers: str) -> None:
        """Answer without a body."""
        self.send(b"", status=status, **headers)

    def send(self, body: bytes, *, status: int = 200, length: int | None = None, **headers: str) -> None:
        """Answer; `length` is what Content-Length says, -1 = it is left out."""
        self.served.asked.append((self.path.removeprefix("/exports/"), status))
        self.send_response(status)
        for name, value in {"Content_Type": "text/csv", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        if length != -1:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def cut_short(handler: _Handler) -> None:
    """Promise more than is sent."""
    handler.send(b"ann\nbob\n", length=1000)


def web_page(handler: _Handler) -> None:
    """Send what a login page would be."""
    handler.send(b"<html>log in</html>", Content_Type="text/html")


def hidden_page(handler: _Handler) -> None:
    """Send a web page as if it were text."""
    handler.send(b"<!DOCTYPE html>\nlog in", Content_Type="text/plain")


def elsewhere(handler: _Handler) -> None:
    """Send the caller to the list that the path would lead to."""
    handler.status(302, Location=f"{handler.served.url}good.csv")


def broken(handler: _Handler) -> None:
    """Fail."""
    handler.status(500)


def compressed(handler: _Handler) -> None:
    """Compress what was asked for as it is."""
    handler.send(b"\x1f\x8b", Content_Encoding="gzip")


def boundless(handler: _Handler) -> None:
    """Send without a word on where it ends."""
    handler.send(b"ann\n", length=-1)


def binary(handler: _Handler) -> None:
    """Send what is no text."""
    handler.send(b"ann\n\xff\xfe\n", Content_Type="application/octet-stream")


def silent(handler: _Handler) -> None:
    """Answer nothing until the server is closed."""
    handler.served.released.wait(60)


def stalled(handler: _Handler) -> None:
    """Begin, and send the rest once the server is closed."""
    handler.send(b"ann\n", length=1000)
    handler.served.released.wait(60)


def endless(handler: _Handler) -> None:
    """Send one line that never ends."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    try:
        while not handler.served.released.is_set():
            handler.wfile.write(piece)
    except OSError:
        handler.close_connection = True
