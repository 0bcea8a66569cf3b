"""Serve: one run of flagd, from the first line of log to the exit code."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from typing import TYPE_CHECKING, Any

from flagd.server.choice import choose

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from flagd.server.options import Options

log = logging.getLogger(__name__)
SIGNALS = (signal.SIGTERM, signal.SIGINT)
SAME_SIGNAL_SECONDS = 0.5
"""A signal this soon after the first is the same one: shells and supervisors send it to process and group."""


async def serve(options: Options) -> None:
    """Serve until SIGTERM or SIGINT, then drain; a second signal stops at once. Raises OSError for ports and files."""
    stop = _Stop()
    server = choose(options)
    await server.start()
    log.info("evaluation on %s, management on %s", server.address, server.management_address)
    await stop.asked.wait()
    log.info("draining, at most %g s", options.drain_seconds)
    await _until(stop.insisted, server.drain(options.drain_seconds))
    log.info("stopped")


class _Stop:
    """Turns signals into events: the first asks, a second one insists."""

    def __init__(self) -> None:
        self._asked_at = 0.0
        self.asked = asyncio.Event()
        self.insisted = asyncio.Event()
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        now = time.monotonic()
        if not self.asked.is_set():
            self._asked_at = now
            self.asked.set()
        elif now - self._asked_at > SAME_SIGNAL_SECONDS:
            self.insisted.set()


async def _until(insisted: asyncio.Event, draining: Coroutine[Any, Any, None]) -> None:
    """Await `draining`, or give it up when insisted."""
    drain = asyncio.create_task(draining, name="drain")
    impatience = asyncio.create_task(insisted.wait(), name="second signal")
    await asyncio.wait({drain, impatience}, return_when=asyncio.FIRST_COMPLETED)
    impatience.cancel()
    if not drain.done():
        log.warning("stopping at once, calls in flight are cut")
        drain.cancel()
    await asyncio.gather(drain, impatience, return_exceptions=True)
