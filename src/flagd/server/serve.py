"""Serve: one run of flagd, from the first line of log to the exit code."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING, Any

from flagd.rpc.grpcio import GrpcioTransport
from flagd.server.application import Application

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from flagd.rpc.transport import Transport
    from flagd.server.options import Options

log = logging.getLogger(__name__)
SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(options: Options) -> None:
    """Serve until SIGTERM or SIGINT, then drain; a second signal stops at once. Raises OSError for ports and files."""
    stop = _Stop()
    application = Application(options)
    transport = _transport(options, application)
    await application.start()
    try:
        await transport.start()
        log.info("evaluation on %s, management on %s", transport.address, application.management_address)
        await stop.asked.wait()
        log.info("draining, at most %g s", options.drain_seconds)
        await application.drain()
        await _until(stop.insisted, transport.drain(options.drain_seconds))
    finally:
        await application.stop()
    log.info("stopped")


class _Stop:
    """Turns signals into events: the first asks, the second insists."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.insisted = asyncio.Event()
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        (self.insisted if self.asked.is_set() else self.asked).set()


def _transport(options: Options, application: Application) -> Transport:
    if options.transport == "auto":
        log.info("transport: grpcio")
    return GrpcioTransport(application.methods, options.listen, options.tls)


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
