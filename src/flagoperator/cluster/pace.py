"""Pace: how many calls are on their way at once, fewer where the API server has too much to do or is away."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_REST_SECONDS = 0.25
LAST_REST_SECONDS = 4.0
GAIN = 0.1
"""Places that an answer wins back: few, for a place too many costs a rest."""


class Pace:
    """A number of places, each taken inside ``async with``, first come, first served.

    Half of them go with a refusal, and come back slowly.
    """

    def __init__(self, most: int, gives_way: Callable[[], bool] = lambda: False) -> None:
        """Have up to `most` calls on their way, or one while `gives_way` says that others are more urgent."""
        self._most = most
        self._gives_way = gives_way
        self._width = float(most)
        self._busy = 0
        self._rest = FIRST_REST_SECONDS
        self._resumes = 0.0
        self._freed = asyncio.Event()
        self._line = asyncio.Lock()  # wakes those who wait in the order in which they came

    @property
    def width(self) -> int:
        """How many calls may be on their way now."""
        return 1 if self._gives_way() else int(self._width)

    async def __aenter__(self) -> Self:
        async with self._line:
            await self._free()
            self._busy += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self._busy -= 1
        self._freed.set()

    async def _free(self) -> None:
        """Wait until all rest is over and a place is free."""
        while True:
            rest = self._resumes - time.monotonic()
            if rest > 0:
                await asyncio.sleep(rest)
            elif self._busy >= self.width:
                self._freed.clear()
                await self._freed.wait()
            else:
                return

    def went_well(self) -> None:
        """Note that a call was answered."""
        self._width = min(self._most, self._width + GAIN)
        self._rest = FIRST_REST_SECONDS

    def turned_away(self) -> None:
        """Note that the API server refused a call that it may take later. All rest; what was on its way counts once."""
        now = time.monotonic()
        if now < self._resumes:
            return
        self._width = max(1.0, self._width / 2)
        self._resumes = now + self._rest
        self._rest = min(2 * self._rest, LAST_REST_SECONDS)
