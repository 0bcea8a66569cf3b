"""Signal: wakes anyone who waits for a change.

Level, not edge: changes that come faster than a reader reads are seen as one. A reader clears its event first, then
reads; what changes meanwhile sets it again.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Signal:
    """Lives in one event loop."""

    def __init__(self) -> None:
        self._events: set[asyncio.Event] = set()

    def wake(self) -> None:
        """Set the event of every reader."""
        for event in self._events:
            event.set()

    @contextmanager
    def subscribe(self, event: asyncio.Event | None = None) -> Iterator[asyncio.Event]:
        """Give an event that `wake` sets, for as long as the block runs: `event` of a reader who waits for more."""
        event = event or asyncio.Event()
        self._events.add(event)
        try:
            yield event
        finally:
            self._events.discard(event)
