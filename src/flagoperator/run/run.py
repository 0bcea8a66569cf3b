"""Run: one run of the operator, from the first line of log to the exit code."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import sys
import time
from typing import TYPE_CHECKING

from flagd.process.signals import Signals
from flagd.process.tasks import first
from flagoperator.run.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagd.process.deadline import Deadline
    from flagoperator.run.options import Options

log = logging.getLogger(__name__)
SWITCH_SECONDS = 0.0005
"""How long one thread may keep the interpreter while the other waits for it."""
M_ARENA_MAX = -8
"""Of glibc's malloc.h: how many heaps there may be."""
END_SECONDS = 15.0
"""Longest time until the process has ended, whatever hangs."""
STOP_SECONDS = 10.0
"""Longest time for the parts to end; the process then ends all the same."""


async def run(options: Options, deadline: Deadline, clock: Callable[[], float] = time.time) -> None:
    """Run until SIGTERM or SIGINT, then stop; a second signal stops at once.

    Rollouts go by `clock`, in seconds since 1970. Raises OSError for ports and files, ConnectionSettingsError where no
    API server is named, and once it is stopped TaskEndedError if a part of it has ended: its supervisor is to
    restart it.
    """
    _share_heap()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(50_000, 10, 10)
    operator = Operator(options, clock)

    def start_clock() -> None:
        deadline.start(END_SECONDS, lambda: None)

    with Signals(start_clock) as signals:
        await operator.start()
        log.info("rulesets on %s, management on %s", operator.address, operator.management_address)
        if operator.serving_address:
            log.info("what replicas serve is told on %s", operator.serving_address)
        try:
            await first(signals.asked.wait(), operator.fail())
        finally:
            log.info("stopping")
            start_clock()
            await _stop(operator, signals.insisted)
            log.info("stopped")


def _share_heap() -> None:
    """Have all threads use one heap where glibc would give each its own, which keeps what another could use."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


async def _stop(operator: Operator, insisted: asyncio.Event) -> None:
    """Stop `operator`, or give that up when it takes too long or a second signal insists."""
    stopping, insisting = asyncio.create_task(operator.stop()), asyncio.create_task(insisted.wait())
    await asyncio.wait({stopping, insisting}, timeout=STOP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    insisting.cancel()
    if stopping.done():
        await stopping
        return
    stopping.cancel()
    log.warning("stopping immediately" if insisted.is_set() else f"not everything ended within {STOP_SECONDS:g} s")
