"""Loop lag: how late the event loop is. Everything that callers wait for waits for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagd.metrics import Metrics

INTERVAL_SECONDS = 0.5


async def measure_lag(metrics: Metrics, clock: Callable[[], float] | None = None) -> None:
    """Note twice a second by how much a sleep was overslept; until cancelled."""
    clock = clock or asyncio.get_running_loop().time
    while True:
        started = clock()
        await asyncio.sleep(INTERVAL_SECONDS)
        metrics.loop_lags.append(max(0.0, clock() - started - INTERVAL_SECONDS))
