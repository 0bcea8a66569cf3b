"""LastGoodOfStore: writes to disk what a store serves, and gives it back at the next start."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from flagd.last_good.file import State, StateError
from flagd.last_good.writer import LastGoodWriter
from flagd.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.last_good.file import LastGoodFile
    from flagd.metrics import Metrics
    from flagd.store import Store

log = logging.getLogger(__name__)


class LastGoodOfStore:
    """Keeps the last good rulesets of `store` in a file. What fails is logged and counted, and stops nothing."""

    def __init__(self, last_good: LastGoodFile, store: Store, metrics: Metrics) -> None:
        self._last_good = last_good
        self._store = store
        self._metrics = metrics
        self._writer = LastGoodWriter(last_good, self._count_failure)

    async def restore(self) -> Mapping[str, Snapshot]:
        """Put what was kept into the store, as stale, if it can be used; return it by project."""
        try:
            state = await asyncio.to_thread(self._last_good.read)
        except StateError as error:
            self._count_failure()
            log.warning("the last good ruleset is not used: %s", error)
            return {}
        if state is None:
            return {}
        snapshots = await asyncio.to_thread(_snapshots, state)
        self._store.replace(snapshots)
        self._writer.remember(state.rulesets)
        log.info("serving the last good ruleset until the source has been read")
        return snapshots

    async def run(self) -> None:
        """Write whenever a revision changes; until cancelled."""
        with self._store.subscribe() as changed:
            await self._writer.run(changed, self._state)

    async def keep(self) -> None:
        """Write now, if a revision differs from what was written last."""
        await self._writer.write(self._state())

    def _state(self) -> State:
        snapshots = self._store.snapshots
        as_of = min((snapshot.as_of for snapshot in snapshots.values()), default=0.0)
        return State({name: snapshot.ruleset for name, snapshot in snapshots.items()}, as_of)

    def _count_failure(self) -> None:
        self._metrics.state_errors += 1


def _snapshots(state: State) -> dict[str, Snapshot]:
    return {name: Snapshot.make(one, None, state.as_of).lost() for name, one in state.rulesets.items()}
