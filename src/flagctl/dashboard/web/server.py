"""Server: an application on a port, until somebody ends it."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from flagctl.failure import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp

MOST_CONNECTIONS = 2_000
BACKLOG = 256
STOP_SECONDS = 3


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 is any free one. Raises Unreachable where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        raise Unreachable(f"cannot listen on {host}:{port}: {(error.strerror or str(error)).lower()}") from None
    found.setblocking(False)
    return found


@dataclass(frozen=True, slots=True)
class Edge:
    """How requests reach us.

    Attributes:
        tls: certificate and key, PEM; None = plain HTTP.
        proxies: addresses whose X-Forwarded-Proto and -For are believed, with commas; empty = none.
    """

    tls: tuple[Path, Path] | None = None
    proxies: str = ""


def serve(app: ASGIApp, at: socket.socket, edge: Edge, started: Callable[[], None], ending: Callable[[], None]) -> None:
    """Answer on `at` until SIGINT or SIGTERM.

    Args:
        app: what answers.
        at: where.
        edge: how requests reach us.
        started: called once it answers.
        ending: called when it is to end: what streams is to let go.
    """
    config = uvicorn.Config(
        app,
        log_level="critical",  # what fails is logged where it is known what it was
        access_log=False,
        server_header=False,
        lifespan="on",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=STOP_SECONDS,
        h11_max_incomplete_event_size=32 * 1024,
        proxy_headers=bool(edge.proxies),
        forwarded_allow_ips=edge.proxies or None,
        ssl_certfile=None if edge.tls is None else str(edge.tls[0]),
        ssl_keyfile=None if edge.tls is None else str(edge.tls[1]),
    )
    asyncio.run(_Server(config, started, ending).serve([at]))


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None], ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._started = started
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._started()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End in good order at SIGINT and SIGTERM, with exit code 0; uvicorn's own would die of the signal then."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self._end)
        yield

    def _end(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True
        self._ending()
