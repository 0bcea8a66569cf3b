"""The event loop's lag, by a clock of our own."""

import asyncio
import itertools

from flagd.metrics import LAGS, Metrics
from flagd.process import loop_lag as lag
from flagd.process.loop_lag import measure_lag


async def _measured(monkeypatch, times, count):
    monkeypatch.setattr(lag, "INTERVAL_SECONDS", 0.0)
    metrics, clock = Metrics(), iter(times)
    measuring = asyncio.create_task(measure_lag(metrics, lambda: next(clock)))
    while len(metrics.loop_lags) < count:
        await asyncio.sleep(0)
    measuring.cancel()
    return list(metrics.loop_lags)[:count]


async def test_lag_is_what_was_overslept_and_never_negative(monkeypatch):
    times = itertools.chain([0.0, 0.25, 1.0, 0.5], itertools.repeat(9.0))
    assert await _measured(monkeypatch, times, 2) == [0.25, 0.0]


async def test_only_the_last_measurements_are_kept(monkeypatch):
    assert len(await _measured(monkeypatch, itertools.count(), LAGS)) == LAGS
