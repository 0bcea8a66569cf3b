"""LastGoodWriter: keeps the rulesets served last on disk, and tries again where that fails."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from flagd.backoff import Backoff
from flagd.last_good.file import StateError
from flagd.process.background import in_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagd.last_good.file import LastGoodFile, State
    from flagd.ruleset import Ruleset

log = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0
"""Least time between two writes: a burst of changes is written once."""
RETRY = Backoff(1, 60)
"""How long a write that failed waits for the next attempt."""


class LastGoodWriter:
    """Writes one file. What fails is logged, and stops nothing.

    Args:
        file: where the rulesets are kept.
        on_failure: called after each attempt that failed.
    """

    def __init__(self, file: LastGoodFile, on_failure: Callable[[], None] = lambda: None) -> None:
        self._file = file
        self._on_failure = on_failure
        self._written: dict[str, str] = {}
        self._failures = 0

    def remember(self, rulesets: Mapping[str, Ruleset]) -> None:
        """Take `rulesets`, by project, for what the file holds."""
        self._written = _revisions(rulesets)

    async def run(self, changed: asyncio.Event, current: Callable[[], State | None]) -> None:
        """Write what `current` returns whenever `changed` is set; until cancelled. None is not written."""
        while True:
            await self._wait(changed)
            changed.clear()
            state = current()
            if state is not None:
                await self.write(state)
            await asyncio.sleep(INTERVAL_SECONDS)

    async def write(self, state: State) -> None:
        """Write `state` now, if a revision differs from what was written last."""
        revisions = _revisions(state.rulesets)
        if revisions == self._written:
            return
        try:
            await in_turns(self._file.write, state)
        except StateError as error:
            self._failed(error)
        else:
            self._succeeded(revisions)

    async def _wait(self, changed: asyncio.Event) -> None:
        if self._failures:
            await asyncio.sleep(RETRY.seconds(self._failures))
        else:
            await changed.wait()

    def _failed(self, error: StateError) -> None:
        self._failures += 1
        self._on_failure()
        seconds = RETRY.seconds(self._failures)
        log.warning("the last good ruleset is not kept: %s; next attempt in %.0f s", error, seconds)

    def _succeeded(self, revisions: dict[str, str]) -> None:
        self._written = revisions
        if self._failures:
            log.info("the last good ruleset is kept again, after %d failed attempts", self._failures)
            self._failures = 0


def _revisions(rulesets: Mapping[str, Ruleset]) -> dict[str, str]:
    return {project: ruleset.revision for project, ruleset in rulesets.items()}
