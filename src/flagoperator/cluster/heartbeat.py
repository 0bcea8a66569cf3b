"""Heartbeat: how late an event loop is. One that hangs beats no more, which another thread can see."""

from __future__ import annotations

import asyncio
import time
from collections import deque

INTERVAL_SECONDS = 0.5
REMEMBERED_SECONDS = 60.0


class Heartbeat:
    """Measures the loop that runs `run`. The numbers may be read in any thread; all are seconds."""

    def __init__(self) -> None:
        self._due = float("inf")
        self._lags: deque[float] = deque(maxlen=int(REMEMBERED_SECONDS / INTERVAL_SECONDS))

    async def run(self) -> None:
        """Beat until cancelled."""
        try:
            while True:
                self._due = time.monotonic() + INTERVAL_SECONDS
                await asyncio.sleep(INTERVAL_SECONDS)
                self._lags.append(self.lag)
        finally:
            self._due = float("inf")

    @property
    def lag(self) -> float:
        """By how much the next beat is late; 0 when it is not due, or nothing beats."""
        return max(0.0, time.monotonic() - self._due)

    @property
    def worst(self) -> float:
        """The longest lag of the last minute."""
        return max(self.lag, max(self._lags.copy(), default=0.0))
