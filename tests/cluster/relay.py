"""Relay: a TCP relay on loopback whose connections a test cuts, refuses, or lets go silent."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 65536


class Relay:
    """Relays to `target`, a ``host:port``, inside ``with``; `address` is where to connect instead."""

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._target = host, int(port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._sockets: set[socket.socket] = set()
        self._refusing = threading.Event()
        self._heard = threading.Event()
        self._heard.set()
        self.cuts = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # A blocked accept() is not woken by close().
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._heard.set()
        self.cut()

    def cut(self) -> None:
        """End every connection now; new ones are made as before."""
        self.cuts += 1
        for each in list(self._sockets):
            self._end(each)

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """End every connection, and every new one at once, meanwhile."""
        self._refusing.set()
        self.cut()
        try:
            yield
        finally:
            self._refusing.clear()

    @contextlib.contextmanager
    def leading_to(self, target: str) -> Iterator[None]:
        """Relay to somebody else meanwhile, and end the connections of before and after."""
        host, _, port = target.rpartition(":")
        before, self._target = self._target, (host, int(port))
        self.cut()
        try:
            yield
        finally:
            self._target = before
            self.cut()

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Let nothing of either side reach the other meanwhile, and tell neither: half-open connections."""
        self._heard.clear()
        try:
            yield
        finally:
            self._heard.set()

    def _serve(self) -> None:
        while True:
            try:
                inner, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing.is_set():
                inner.close()
                continue
            try:
                outer = socket.create_connection(self._target)
            except OSError:  # whoever is to be reached is away
                inner.close()
                continue
            self._sockets |= {inner, outer}
            for pair in ((inner, outer), (outer, inner)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(SIZE):
                self._heard.wait()
                sink.sendall(data)
        self._heard.wait()
        for each in (source, sink):
            self._end(each)

    def _end(self, each: socket.socket) -> None:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
        self._sockets.discard(each)
