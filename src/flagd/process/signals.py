"""Signals: SIGTERM, SIGINT and SIGHUP as events of an event loop. They are noticed even while that loop hangs."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)
SAME_SIGNAL_SECONDS = 0.5
"""A signal this soon after the first is the same one: shells and supervisors send it to process and group."""


class Signals:
    """A context manager: while in it, the first signal asks to stop, a second one insists; SIGHUP does neither."""

    def __init__(self, first: Callable[[], None]) -> None:
        """Call `first` at the first signal, outside of the event loop."""
        self._first = first
        self._asked_at: float | None = None
        self._before: dict[signal.Signals, Any] = {}
        self._loop = asyncio.get_running_loop()
        self.asked = asyncio.Event()
        self.insisted = asyncio.Event()
        self.hung_up = asyncio.Event()

    def __enter__(self) -> Self:
        # Not the loop's own way, which waits for its turn in the loop.
        self._before = {number: signal.signal(number, self._signalled) for number in SIGNALS}
        self._before[signal.SIGHUP] = signal.signal(signal.SIGHUP, self._hung_up)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hung_up(self, _number: int, _frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self.hung_up.set)

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
            self._first()
            self._loop.call_soon_threadsafe(self.asked.set)
        elif now - self._asked_at > SAME_SIGNAL_SECONDS:
            self._loop.call_soon_threadsafe(self.insisted.set)
