"""Run: one life of Envoy, from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import time
from typing import TYPE_CHECKING

from flagd.transport.envoy.admin import Admin
from flagd.transport.envoy.bootstrap import bootstrap
from flagd.transport.envoy.control import HANDOVER, Control
from flagd.transport.envoy.process import EnvoyProcess

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.transport.envoy.listener import Listener
    from flagd.transport.envoy.settings import EnvoySettings

FAREWELL_SECONDS = 1
"""While draining: how long callers are still answered and told to go, before the port closes."""

LINGER_SECONDS = 1.0
"""While draining: how long callers may take to close connections on which nothing runs."""

STOP_SECONDS = 5.0
"""How long the app may take to put its things away before Envoy is ended."""

POLL_SECONDS = 0.02


class Run:
    """One life of Envoy.

    Attributes:
        process: Envoy itself.
        address: ``host:port`` of the public port, once it is ready.
        management: ``host:port`` of the management port, as the app says.
    """

    def __init__(self, process: EnvoyProcess, control: Control, admin: Admin) -> None:
        self.process = process
        self.address = ""
        self.management = ""
        self._control = control
        self._admin = admin

    @classmethod
    async def begin(cls, listener: Listener, settings: EnvoySettings, directory: Path) -> Run:
        """Start Envoy with `listener`, and with the app as `settings` say; its files go into `directory`."""
        admin = directory / "admin.sock"
        admin.unlink(missing_ok=True)
        ours, theirs = socket.socketpair()
        log = settings.log
        given = {"control": theirs.fileno(), "log": log, "admin": str(admin), "options": settings.options}
        config = directory / "envoy.json"
        config.write_text(json.dumps(bootstrap(listener, admin, settings.max_heap)))
        arguments = [
            *("--config-path", str(config)),
            *("--drain-time-s", str(FAREWELL_SECONDS), "--drain-strategy", "immediate"),
            # One event loop answers every call; more threads of Envoy would only wait for it.
            *("--concurrency", "1"),
        ]
        with theirs:
            process = await EnvoyProcess.start(arguments, {HANDOVER: json.dumps(given)}, (theirs.fileno(), log))
        return cls(process, await Control.open(ours), Admin(admin))

    async def ready(self) -> None:
        """Wait until the app serves. Raises OSError with the reason when it will not."""
        said = await self._control.receive()
        if said is None or said["name"] != "started":
            status = await self.process.wait()
            raise OSError(said["reason"] if said else self._reason(status))
        self.management = said["management"]
        while True:
            if self.process.ended:
                raise OSError(self._reason(await self.process.wait()))
            with contextlib.suppress(OSError):
                address = await self._admin.address()
                if address is not None:
                    self.address = address
                    return
            await asyncio.sleep(POLL_SECONDS)

    def _reason(self, status: int) -> str:
        return self.process.errors or f"Envoy ended immediately: {ending(status)}"

    async def ended(self) -> int:
        """Return Envoy's exit status once it ended."""
        status = await self.process.wait()
        self._control.close()
        return status

    async def confirm(self) -> None:
        """Have the app believe that what is gone from its source is meant to be gone."""
        with contextlib.suppress(OSError):  # an Envoy that has just ended begins with what is there
            await self._control.send("confirm")

    async def drain(self, seconds: float) -> None:
        """End streams, ask callers to go, let running calls finish; at most `seconds` in all."""
        until = time.monotonic() + seconds
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(seconds):
                await self._control.send("drain")
                await self._control.expect("drain")
                if await self._admin.active() == (0, 0):
                    return
                await self._admin.drain()
                await asyncio.sleep(FAREWELL_SECONDS)
                await self._idle(until)

    async def stop(self) -> None:
        """Let the app put its things away, then end Envoy, whatever still runs."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._control.send("stop")
                await self._control.expect("stop")
        self._control.close()
        await self.process.stop()

    async def _idle(self, until: float) -> None:
        """Wait until nothing runs; then a little longer for callers to close their connections."""
        quiet_until = until
        while time.monotonic() < min(until, quiet_until):
            requests, connections = await self._admin.active()
            if requests == 0 and connections == 0:
                return
            quiet_until = min(quiet_until, time.monotonic() + LINGER_SECONDS) if requests == 0 else until
            await asyncio.sleep(POLL_SECONDS)


def ending(status: int) -> str:
    """Return what an exit status says, in words: negative for a signal."""
    if status == -signal.SIGKILL:
        return (
            "it was killed (SIGKILL), as the kernel does to a process for which there is too little memory: "
            "look at the memory limit of the container"
        )
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
