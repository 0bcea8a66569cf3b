"""Memory: what was published last, in a folder, so that a restart knows the last good form of what is broken."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from flagd.last_good import LastGood, State, StateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flagd.ruleset import Ruleset
    from flagd.sync.publisher import Board

log = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0
"""Least time between two writes: a burst of changes is written once."""


class Memory:
    """The rulesets of `folder`; None = nothing is kept. What fails is logged and stops nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._file = None if folder is None else LastGood(folder)
        self._kept: dict[str, str] = {}

    def recall(self) -> Mapping[str, Ruleset]:
        """Return what was kept, by project."""
        if self._file is None:
            return {}
        try:
            state = self._file.read()
        except StateError as error:
            log.warning("the last rulesets are not used: %s", error)
            return {}
        return {} if state is None else state.rulesets

    async def run(self, board: Board) -> None:
        """Keep what is published whenever it changes; until cancelled."""
        with board.subscribe() as changed:
            while True:
                await changed.wait()
                changed.clear()
                await self._keep(board)
                await asyncio.sleep(INTERVAL_SECONDS)

    async def _keep(self, board: Board) -> None:
        rulesets = {} if board.current is None else board.current.rulesets
        revisions = {name: ruleset.revision for name, ruleset in rulesets.items()}
        if self._file is None or board.current is None or revisions == self._kept:
            return
        self._kept = revisions
        try:
            await asyncio.to_thread(self._file.write, State(rulesets, time.time()))
        except StateError as error:
            log.warning("the last rulesets are not kept: %s", error)
