"""EnvoyServer: Envoy as part of a running flagd: started, watched, started again, drained."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from flagd.backoff import Backoff
from flagd.process.address import split_address
from flagd.process.tasks import Tasks
from flagd.transport.descriptors import raise_limit
from flagd.transport.envoy.access_log import check_writable
from flagd.transport.envoy.folder import Folder
from flagd.transport.envoy.listener import Listener
from flagd.transport.envoy.run import Run, ending
from flagd.transport.envoy.secret import write_secrets

if TYPE_CHECKING:
    from flagd.transport.envoy.settings import EnvoySettings

log = logging.getLogger(__name__)

START_SECONDS = 60.0
"""How long the first start may take, the loading of the ruleset included."""

RESTART = Backoff(0.1, 10)
STABLE_SECONDS = 60.0
"""An Envoy that ran this long starts again after the first back-off."""


class EnvoyServer:
    """Runs Envoy with the app inside. Started once, drained once."""

    def __init__(self, settings: EnvoySettings) -> None:
        self._settings = settings
        self._folder: Folder | None = None
        self._listener: Listener | None = None
        self._running: Run | None = None
        self._tasks = Tasks()

    @property
    def address(self) -> str:
        """``host:port`` that is listened on."""
        return self._running.address if self._running else self._settings.listen

    @property
    def management_address(self) -> str:
        """``host:port`` of the management port, as the app says."""
        return self._running.management if self._running else ""

    @property
    def pid(self) -> int | None:
        """Process id of Envoy, None while there is none."""
        return self._running.process.pid if self._running else None

    async def start(self) -> None:
        """Start Envoy and keep it running. Raises OSError when it cannot start: port, files, app."""
        raise_limit()
        if self._settings.access_log is not None:
            check_writable(self._settings.access_log)
        host, port = await _resolve(self._settings.listen)
        self._folder = Folder.make()
        if self._settings.tls is not None:
            write_secrets(self._settings.tls, self._folder.path)
        listener = Listener(
            host=host,
            port=port,
            app=self._settings.app,
            tls=self._settings.tls,
            secrets=self._folder.path,
            cors_origins=self._settings.cors_origins,
            tracing=self._settings.tracing,
            access_log=self._settings.access_log,
        )
        try:
            self._running = await self._run(listener)
        except BaseException:
            self._clean()
            raise
        # Envoy comes back on the same port after a crash.
        self._listener = replace(listener, port=int(self._running.address.rpartition(":")[2]))
        self._tasks.start("envoy", self._watch, restart=True)

    def kill(self) -> None:
        """End Envoy at once; from any thread."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    async def fail(self) -> None:
        """Wait until nobody watches Envoy any more. Raises TaskEndedError then."""
        await self._tasks.fail()

    async def confirm(self) -> None:
        """Have the app believe that what is gone from its source is meant to be gone."""
        if self._running is not None:
            await self._running.confirm()

    async def drain(self, seconds: float) -> None:
        """End streams, ask callers to go, let running calls finish for at most ``seconds``, then end Envoy.

        Cancelled, it ends Envoy at once.
        """
        # First of all: it is to end, and one that is just being started too.
        await self._tasks.stop()
        try:
            if self._running is not None:
                await self._running.drain(seconds)
        finally:
            if self._running is not None:
                await self._running.stop()
            self._clean()

    async def _watch(self) -> None:
        failures = 0
        while True:
            started = time.monotonic()
            if self._running is not None:
                log.error("Envoy ended unexpectedly: %s", ending(await self._running.ended()))
                self._running = None
            if time.monotonic() - started > STABLE_SECONDS:
                failures = 0
            failures += 1
            await asyncio.sleep(RESTART.seconds(failures))
            await self._restart()

    async def _restart(self) -> None:
        assert self._listener is not None  # noqa: S101 - set by start
        try:
            self._running = await self._run(self._listener)
        except OSError as error:
            log.error("Envoy cannot start: %s", error)
        else:
            log.warning("Envoy runs again on %s", self._running.address)

    async def _run(self, listener: Listener) -> Run:
        assert self._folder is not None  # noqa: S101 - set by start
        run = await Run.begin(listener, self._settings, self._folder.path)
        try:
            async with asyncio.timeout(START_SECONDS):
                await run.ready()
        except TimeoutError:
            await run.stop()
            raise OSError(f"Envoy did not start within {START_SECONDS:g} s") from None
        except BaseException:
            await run.stop()
            raise
        return run

    def _clean(self) -> None:
        if self._folder is not None:
            self._folder.remove()
            self._folder = None


async def _resolve(listen: str) -> tuple[str, int]:
    """Return the address to listen on; Envoy takes numbers only. Raises OSError for a name that nobody knows."""
    host, port = split_address(listen)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return str(found[0][4][0]), port
