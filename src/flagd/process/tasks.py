"""Tasks: the parts of a process that run side by side. None ever ends by itself; one that does has failed.

Its end is logged with the reason. Where that is safe it is restarted; else, or when that does not help, it is among
`ended`, by which health fails.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flagd.backoff import Backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    Work = Callable[[], Coroutine[Any, Any, None]]

log = logging.getLogger(__name__)
RESTART = Backoff(0.5, 8)
"""How long a part that ended waits for its restart."""
RESTARTS = 5
"""How often a part is restarted that keeps ending, before it has ended for good."""
STABLE_SECONDS = 60.0
"""A part that ran this long has not kept ending."""


class TaskEndedError(Exception):
    """A part of the process has ended for good; the text says which.

    A part that raises it is not restarted: what it is made of has been, as often as that may help.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """`names` are those of the parts that ended."""
        super().__init__(f"a part has ended ({', '.join(names)})")
        self.names = tuple(names)


async def first(*waits: Coroutine[Any, Any, object]) -> None:
    """Run `waits` until one of them ends, cancel the others, and raise what that one raised."""
    running = [asyncio.ensure_future(each) for each in waits]
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    for each in done:
        await each


class Tasks:
    """Named tasks of one event loop."""

    def __init__(self, restarts: Counter[str] | None = None, given_up: Callable[[str], None] | None = None) -> None:
        """Count restarts in `restarts`, by name; `given_up` is called with the name of each that has ended for good."""
        self._given_up = given_up or (lambda _: None)
        self._parts: dict[str, _Part] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._failed = asyncio.Event()
        self.ended: list[str] = []
        """Names of those that ended without being asked to, and are not restarted: ``lease``, ``source (peers)``."""
        self.restarts: Counter[str] = Counter() if restarts is None else restarts
        """How often each was restarted, by name."""

    def start(self, name: str, work: Work, *, restart: bool = False) -> None:
        """Run `work` until it is cancelled; with `restart`, again when it ends by itself."""
        self.cancel(name)
        self._parts[name] = part = _Part(name, work, restart, asyncio.create_task(_run(work), name=name))
        part.task.add_done_callback(lambda task: self._note_end(part, task))

    async def fail(self) -> None:
        """Wait until one has ended for good. Raises TaskEndedError then."""
        await self._failed.wait()
        self.check()

    def check(self) -> None:
        """Raise TaskEndedError if one has ended for good."""
        if self.ended:
            raise TaskEndedError(self.ended)

    def cancel(self, *names: str) -> None:
        """Ask those of `names` to end, and forget them."""
        for name in names:
            part = self._parts.pop(name, None)
            if part is not None and part.cancel():
                self._ending.add(part.task)
                part.task.add_done_callback(self._ending.discard)

    async def stop(self) -> None:
        """End all, and wait for it."""
        self.cancel(*self._parts)
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _note_end(self, part: _Part, task: asyncio.Task[None]) -> None:
        if part.asked:
            return
        error = None if task.cancelled() else task.exception()
        reason = "was cancelled" if task.cancelled() else "failed" if error else "returned"
        if time.monotonic() - part.launched > STABLE_SECONDS:
            part.attempts = 0
        nested = error.names if isinstance(error, TaskEndedError) else ()
        if nested or not part.restart or part.attempts >= RESTARTS:
            log.critical("%s has ended: it %s", part.name, reason, exc_info=error)
            self.ended.append(f"{part.name} ({', '.join(nested)})" if nested else part.name)
            self._failed.set()
            self._given_up(part.name)
            return
        part.attempts += 1
        seconds = RESTART.seconds(part.attempts)
        log.error("%s has ended: it %s; restarting it in %g s", part.name, reason, seconds, exc_info=error)
        part.timer = asyncio.get_running_loop().call_later(seconds, self._restart, part)

    def _restart(self, part: _Part) -> None:
        self.restarts[part.name] += 1
        part.launched, part.task = time.monotonic(), asyncio.create_task(_run(part.work), name=part.name)
        part.task.add_done_callback(lambda task: self._note_end(part, task))


async def _run(work: Work) -> None:
    """Run `work`. What ends before it is a coroutine fails like one, and what would exit the process fails alone."""
    try:
        await work()
    except SystemExit as error:
        raise RuntimeError(f"it asked the process to exit: {error}") from error


@dataclass(slots=True)
class _Part:
    name: str
    work: Work
    restart: bool
    task: asyncio.Task[None]
    launched: float = field(default_factory=time.monotonic)
    attempts: int = 0
    asked: bool = False
    timer: asyncio.TimerHandle | None = None

    def cancel(self) -> bool:
        """Ask it to end, and return whether it is still to do so."""
        self.asked = True
        if self.timer is not None:
            self.timer.cancel()
        return self.task.cancel()
