"""Serve: one run of flagd, from the first line of log to the exit code."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from flagd.process.port.listening import check_free
from flagd.process.signals import Signals
from flagd.process.tasks import Tasks, first
from flagd.server.transport_selection import choose

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from flagd.process.deadline import Deadline
    from flagd.server.options import Options
    from flagd.server.transport_selection import Server

log = logging.getLogger(__name__)
END_SECONDS = 12.0
"""How long everything but the drain may take, before the process ends anyway."""


async def serve(options: Options, deadline: Deadline) -> None:
    """Serve until SIGTERM or SIGINT, then drain; a second signal stops at once. Raises OSError for ports and files.

    The first signal starts `deadline`. Where a part ends for good of which health does not know, this drains too,
    and raises TaskEndedError: its supervisor restarts it.
    """
    server = choose(options)
    # First of all, since Envoy starts with TLS files that do not fit, and says little of ports that it cannot have.
    if options.tls is not None:
        options.tls.check()
    for address in filter(None, (options.listen, options.management_listen, options.ruleset_listen)):
        check_free(address)

    def start_clock() -> None:
        deadline.start(options.drain_seconds + END_SECONDS, server.kill)

    with Signals(start_clock) as signals:
        await server.start()
        tasks = Tasks()
        tasks.start("confirmations", lambda: _confirm(signals.hung_up, server), restart=True)
        log.info("evaluation on %s, management on %s", server.address, server.management_address)
        try:
            await first(signals.asked.wait(), server.fail(), tasks.fail())
        finally:
            start_clock()
            log.info("draining, at most %g s", options.drain_seconds)
            await _until(signals.insisted, server.drain(options.drain_seconds))
            await tasks.stop()
            log.info("stopped")


async def _confirm(hung_up: asyncio.Event, server: Server) -> None:
    while True:
        await hung_up.wait()
        hung_up.clear()
        await server.confirm()


async def _until(insisted: asyncio.Event, draining: Coroutine[Any, Any, None]) -> None:
    """Await `draining`, or give it up when insisted."""
    drain = asyncio.create_task(draining, name="drain")
    impatience = asyncio.create_task(insisted.wait(), name="second signal")
    await asyncio.wait({drain, impatience}, return_when=asyncio.FIRST_COMPLETED)
    impatience.cancel()
    if not drain.done():
        log.warning("stopping immediately, calls in flight are cut off")
        drain.cancel()
    await asyncio.gather(drain, impatience, return_exceptions=True)
