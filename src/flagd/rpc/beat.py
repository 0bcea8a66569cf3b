"""Beat: when a stream is next to say that it lives. By the clock: other news and wake-ups do not put it off."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NEVER = float("inf")


class Beat:
    """One per stream. Times are in seconds of `clock`, which never goes back."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Be due every `seconds`, for the first time in as many."""
        self._seconds = seconds
        self._clock = clock
        self._next = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds until it is due; 0 when it is."""
        return max(0.0, self._next - self._clock())

    @property
    def due(self) -> bool:
        """Whether the stream must say now that it lives."""
        return self._clock() >= self._next

    def given(self) -> None:
        """Record that the stream says now that it lives."""
        self._next = self._clock() + self._seconds

    async def wait(self, changed: asyncio.Event, longest: float = NEVER) -> None:
        """Return when `changed` is set; it is set here when the beat is due, and after `longest` seconds.

        A timer and nothing else: thousands of streams wait here, and all of them are woken by one change.
        """
        timer = asyncio.get_running_loop().call_later(min(self.left, longest), changed.set)
        try:
            await changed.wait()
        finally:
            timer.cancel()
