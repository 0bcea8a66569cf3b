"""Tasks: the parts of one operator that run side by side. None ever ends by itself; one that does has failed."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

log = logging.getLogger(__name__)


class TaskEndedError(Exception):
    """A part of the operator has ended; the text says which."""


class Tasks:
    """Named tasks of one event loop."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._ended: list[str] = []
        self._failed = asyncio.Event()

    @property
    def ended(self) -> list[str]:
        """Names of those that ended without being asked to."""
        return self._ended

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` until it is cancelled."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._note_end)
        self._tasks.append(task)

    async def fail(self) -> None:
        """Wait until one has ended without being asked to. Raises TaskEndedError then."""
        await self._failed.wait()
        raise TaskEndedError(
            f"a part of the operator has ended ({', '.join(self._ended)}): stopping, to be started anew"
        )

    def cancel(self, *names: str) -> None:
        """Ask those of `names` to end."""
        for task in self._tasks:
            if task.get_name() in names:
                task.cancel()

    async def stop(self) -> None:
        """End all, and wait for it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        log.critical("%s has ended", task.get_name(), exc_info=task.exception())
        self._ended.append(task.get_name())
        self._failed.set()
