"""LastGoodOfBoard: what was published last, on disk, so that a restart knows the last good form of what is broken."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from flagd.last_good.file import LastGoodFile, State, StateError
from flagd.last_good.writer import LastGoodWriter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flagd.ruleset import Ruleset
    from flagd.sync.publisher import Board

log = logging.getLogger(__name__)


class LastGoodOfBoard:
    """The rulesets of `folder`; None = nothing is kept. What fails is logged and stops nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._file = None if folder is None else LastGoodFile(folder)

    def recall(self) -> Mapping[str, Ruleset]:
        """Return what was kept, by project."""
        if self._file is None:
            return {}
        try:
            state = self._file.read()
        except StateError as error:
            log.warning("the last good ruleset is not used: %s", error)
            return {}
        return {} if state is None else state.rulesets

    async def run(self, board: Board) -> None:
        """Keep what is published whenever it changes; until cancelled."""
        if self._file is None:
            await asyncio.Event().wait()  # a part of the operator never ends by itself
            return
        with board.subscribe() as changed:
            await LastGoodWriter(self._file).run(changed, lambda: _state(board))


def _state(board: Board) -> State | None:
    current = board.current
    return None if current is None else State(current.rulesets, time.time())
