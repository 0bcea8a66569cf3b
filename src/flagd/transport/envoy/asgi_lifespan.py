"""ASGI lifespan: the application inside Envoy: starts the program, serves its methods, obeys the parent."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from flagd.process.tasks import Tasks
from flagd.rpc.capacity import Capacity
from flagd.transport.asgi import Front
from flagd.transport.envoy.control import HANDOVER, Control
from flagd.transport.envoy.direct_call import Direct, make_task

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from flagd.rpc.method import Method
    from flagd.rpc.route import Route
    from flagd.transport.asgi.body import Receive, Scope, Send
    from flagd.transport.envoy.direct_call import DirectCall

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a program finds itself.

    Attributes:
        log: file descriptor to log to.
        admin: socket of the admin interface of the Envoy around it.
    """

    log: int
    admin: Path


class Program(Protocol):
    """What a guest runs. The address of its management port is sent to the parent, for the log."""

    @property
    def methods(self) -> Sequence[Method]:
        """RPCs to serve."""

    @property
    def routes(self) -> Sequence[Route]:
        """Plain HTTP endpoints to serve."""

    @property
    def capacity(self) -> Capacity:
        """What its calls may hold."""

    @property
    def management_address(self) -> str:
        """``host:port`` of the management port."""

    async def start(self) -> None:
        """Begin. Raises OSError for ports and files."""

    async def confirm(self) -> None:
        """Believe that what is gone from the source is meant to be gone."""

    async def drain(self) -> None:
        """Say NOT_SERVING and end the streams; running calls go on."""

    async def stop(self) -> None:
        """End everything else."""


class AsgiLifespan:
    """An ASGI application around a program that ``compose`` makes from the options handed over and its place."""

    # Says that this is ASGI 3, which servers otherwise recognise by `async def`.
    _asgi_single_callable = True

    def __init__(self, compose: Callable[[Mapping[str, Any], Place], Program]) -> None:
        self._compose = compose
        self._front = Direct(Front([]), Capacity())
        self._tasks = Tasks(given_up=_end)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None] | DirectCall:
        """Serve one request, or the life of the server (ASGI)."""
        if scope["type"] == "http":
            return self._front(scope, receive, send)
        return self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_take_error)
        loop.set_task_factory(make_task)  # type: ignore[arg-type]
        await receive()
        handover = json.loads(os.environ[HANDOVER])
        control = await Control.open(socket.socket(fileno=handover["control"]))
        try:
            program = self._compose(handover["options"], Place(handover["log"], Path(handover["admin"])))
            await program.start()
        except Exception as error:
            if not isinstance(error, OSError):
                log.exception("cannot start")
            await control.send("failed", reason=str(error))
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        self._front = Direct(Front(program.methods, program.routes), program.capacity)
        self._tasks.start("control", lambda: self._obey(program, control), restart=True)
        await control.send("started", management=program.management_address)
        await send({"type": "lifespan.startup.complete"})
        # The parent orders the stop before it ends Envoy; this is the end of an Envoy that nobody ordered to stop.
        await receive()
        await self._tasks.stop()
        await program.stop()
        control.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _obey(self, program: Program, control: Control) -> None:
        orders = {"confirm": program.confirm, "drain": program.drain, "stop": program.stop}
        while (message := await control.receive()) is not None:
            order = message["name"]
            await orders[order]()
            _flush_log()
            await control.send(order)
            if order == "stop":
                await asyncio.Event().wait()
        _end("the process that started this one")
        await asyncio.Event().wait()


def _end(gone: str) -> None:
    """End Envoy, of which nobody is in command any more: an orphan would keep the port."""
    log.error("%s has gone; ending", gone)
    _flush_log()
    os.kill(os.getpid(), signal.SIGTERM)


def _take_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what went wrong in a callback, unless it is an answer to a caller who had gone by then.

    pyvoy sets results of futures that were cancelled meanwhile.
    """
    if isinstance(context.get("exception"), asyncio.InvalidStateError):
        log.debug("a caller left before its answer: %s", context.get("message"))
        return
    loop.default_exception_handler(context)


def _flush_log() -> None:
    """Have everything written that was logged: Envoy ends without a word to Python."""
    for handler in logging.getLogger().handlers:
        handler.flush()
