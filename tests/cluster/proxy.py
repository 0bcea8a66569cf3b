"""Proxy: a relay on loopback between the operator and the API server, whose connections a test cuts."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE = 65536


class Proxy:
    """Relays to the API server that a kubeconfig names, inside ``with``; its own `kubeconfig` leads here."""

    def __init__(self, kubeconfig: Path) -> None:
        config = json.loads(kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        host, _, port = cluster["server"].removeprefix("https://").partition(":")
        self._target = host, int(port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        cluster["server"] = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self.kubeconfig = kubeconfig.with_suffix(".proxied")
        self.kubeconfig.write_text(json.dumps(config))
        self._sockets: set[socket.socket] = set()
        self._refusing = threading.Event()
        self.cuts = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # A blocked accept() is not woken by close().
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
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

    def _serve(self) -> None:
        while True:
            try:
                inner, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing.is_set():
                inner.close()
                continue
            outer = socket.create_connection(self._target)
            self._sockets |= {inner, outer}
            for pair in ((inner, outer), (outer, inner)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(SIZE):
                sink.sendall(data)
        for each in (source, sink):
            self._end(each)

    def _end(self, each: socket.socket) -> None:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
        self._sockets.discard(each)
