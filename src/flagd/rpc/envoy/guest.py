"""Guest: the ASGI application inside Envoy: starts the program, serves its methods, obeys the parent."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
from typing import TYPE_CHECKING, Any, Protocol

from flagd.rpc.asgi import Front
from flagd.rpc.envoy.control import HANDOVER, Control

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from flagd.rpc.asgi.body import Receive, Scope, Send
    from flagd.rpc.method import Method
    from flagd.rpc.route import Route

log = logging.getLogger(__name__)


class Program(Protocol):
    """What a guest runs. Its address of management is told to the parent, for the log."""

    @property
    def methods(self) -> Sequence[Method]:
        """RPCs to serve."""

    @property
    def routes(self) -> Sequence[Route]:
        """Plain HTTP endpoints to serve."""

    @property
    def management_address(self) -> str:
        """``host:port`` of the management port."""

    async def start(self) -> None:
        """Begin. Raises OSError for ports and files."""

    async def drain(self) -> None:
        """Say NOT_SERVING and end the streams; running calls go on."""

    async def stop(self) -> None:
        """End everything else."""


class Guest:
    """An ASGI application around a program that ``compose`` makes from the options handed over."""

    # Says that this is ASGI 3, which servers tell by `async def` otherwise.
    _asgi_single_callable = True

    def __init__(self, compose: Callable[[Mapping[str, Any]], Program]) -> None:
        self._compose = compose
        self._front = Front([])
        self._obeying: asyncio.Task[None] | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        """Serve one request, or the life of the server (ASGI)."""
        if scope["type"] == "http":
            return self._front(scope, receive, send)
        return self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        handover = json.loads(os.environ[HANDOVER])
        control = await Control.open(socket.socket(fileno=handover["control"]))
        try:
            program = self._compose(handover["options"])
            await program.start()
        except Exception as error:
            if not isinstance(error, OSError):
                log.exception("cannot start")
            await control.send("failed", reason=str(error))
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        self._front = Front(program.methods, program.routes)
        self._obeying = asyncio.create_task(self._obey(program, control), name="control")
        await control.send("started", management=program.management_address)
        await send({"type": "lifespan.startup.complete"})
        # The parent orders the stop before it ends Envoy; this is the end of an Envoy that nobody ordered to stop.
        await receive()
        self._obeying.cancel()
        await program.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _obey(self, program: Program, control: Control) -> None:
        orders = {"drain": program.drain, "stop": program.stop}
        while (message := await control.receive()) is not None:
            order = message["name"]
            await orders[order]()
            await control.send(order)
            if order == "stop":
                return
        log.error("the process that started this one has gone; ending")
        os.kill(os.getpid(), signal.SIGTERM)
