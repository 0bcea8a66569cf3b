"""Answers: what was asked on behalf of one person, believed for a while, and asked once however many want to know."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

MOST = 2_000
"""Answers that are kept."""

Answer = TypeVar("Answer")


class Answers(Generic[Answer]):
    """Answers by question. What could not be asked is asked again. Lives in one event loop."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`seconds` are how long an answer is believed."""
        self._seconds = seconds
        self._clock = clock
        self._known: dict[Hashable, tuple[float, asyncio.Future[Answer]]] = {}

    async def get(self, question: Hashable, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer to `question`, which `ask` gets. Raises what that raises."""
        known = self._known.get(question)
        if known is None or known[0] < self._clock() or _failed(known[1]):
            if len(self._known) >= MOST:
                self._known.clear()
            known = self._clock() + self._seconds, asyncio.ensure_future(ask())
            self._known[question] = known
        return await asyncio.shield(known[1])

    def forget(self) -> None:
        """Ask everything again."""
        self._known.clear()


def _failed(asked: asyncio.Future[Answer]) -> bool:
    return asked.done() and (asked.cancelled() or asked.exception() is not None)
