"""Run: one run of the operator, from the first line of log to the exit code."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import signal
import sys
from typing import TYPE_CHECKING

from flagoperator.run.operator import Operator

if TYPE_CHECKING:
    from flagoperator.run.options import Options

log = logging.getLogger(__name__)
SWITCH_SECONDS = 0.0005
"""How long one thread may keep the interpreter while the other waits for it."""
M_ARENA_MAX = -8
"""Of glibc's malloc.h: how many heaps there may be."""
STOP_SECONDS = 10.0
"""Longest time for the parts to end; the process then ends all the same."""


async def run(options: Options) -> None:
    """Run until SIGTERM or SIGINT, then stop; a second signal stops at once.

    Raises OSError for ports and files, ConnectionSettingsError where no API server is named, and once it is
    stopped TaskEndedError if a part of it has ended: whoever started it is to restart it.
    """
    _share_heap()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(50_000, 10, 10)
    operator = Operator(options)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await operator.start()
    log.info("rulesets on %s, management on %s", operator.address, operator.management_address)
    try:
        await _wait(stop, operator)
    finally:
        log.info("stopping")
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(number)
        await _stop(operator)
        log.info("stopped")


def _share_heap() -> None:
    """Have all threads use one heap where glibc would give each its own, which keeps what another could use."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


async def _wait(stop: asyncio.Event, operator: Operator) -> None:
    failing, stopping = asyncio.create_task(operator.fail()), asyncio.create_task(stop.wait())
    done, rest = await asyncio.wait({failing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    if failing in done:
        await failing


async def _stop(operator: Operator) -> None:
    try:
        await asyncio.wait_for(operator.stop(), STOP_SECONDS)
    except TimeoutError:
        log.warning("not everything ended within %g s", STOP_SECONDS)
