"""ListKeeper: looks at the lists that cohorts name, each at the interval of its source; keeps the last good ones."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.id_list.id_list import IdList, ListError, Supply
from flagd.ruleset.hashed_ids import HashedIds
from flagoperator.reconcile.lists import origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagd.manifest import ResourceRef
    from flagd.manifest.parts.list_origin import ListOrigin
    from flagoperator.lists.fetched import Mark
    from flagoperator.lists.fetcher import Fetcher
    from flagoperator.reconcile.entry import Entry
    from flagoperator.run.model import Model

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.25
"""How often it is seen which lists are due."""
AT_ONCE = 2
"""How many lists are fetched at a time: each may take a hundred megabytes."""


@dataclass(slots=True)
class _Kept:
    """What is known of one list.

    Attributes:
        read: what reading it led to last.
        mark: of what was read.
        fault: why the last look failed; empty where it did not.
        due: when it is to be looked at again, in seconds of the clock.
        busy: whether somebody does.
    """

    read: Supply
    mark: Mark = ()
    fault: str = ""
    due: float = 0.0
    busy: bool = False

    @property
    def supply(self) -> Supply:
        """What cohorts have."""
        return Supply(self.read.held, self.fault or self.read.fault)


class ListKeeper:
    """Every replica of the operator fetches, so that one that takes over has the lists."""

    def __init__(
        self, model: Model, fetcher: Fetcher, wake: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`wake` has what is new compiled."""
        self._model = model
        self._fetcher = fetcher
        self._wake = wake
        self._clock = clock
        self._kept: dict[ListOrigin, _Kept] = {}
        self._seen: set[ResourceRef] = set()
        self._followed: object = None
        self._turns = asyncio.Semaphore(AT_ONCE)
        model.projects.lists.refusal = fetcher.refusal

    async def run(self) -> None:
        """Look at what is due until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._follow()
                for origin, kept in self._kept.items():
                    if not kept.busy and kept.due <= self._clock():
                        kept.busy = True
                        tasks.create_task(self._look(origin, kept), name=f"list {origin.path}")
                await asyncio.sleep(LOOK_SECONDS)

    def _follow(self) -> None:
        """Begin with the lists that compiled cohorts name now, and forget the others."""
        projects, compiled = self._model.projects, self._model.projects.compiled
        if compiled is self._followed:
            return
        kept: dict[ListOrigin, _Kept] = {}
        self._followed = compiled
        for cached in self._model.cache.entries("FlagCohort"):
            entry = projects.taken(cached.ref)
            if entry is None or entry.generation != cached.generation:
                self._followed = None  # it is being compiled
            origin = None if entry is None else origin_of(entry)
            if entry is None or origin is None or self._fetcher.refusal(origin, entry.ref.namespace):
                continue
            kept[origin] = self._kept.get(origin) or kept.get(origin) or _Kept(Supply(self._served(entry)))
            self._seen.add(entry.ref)
        self._kept = kept
        projects.lists.keep(kept)

    def _served(self, entry: Entry) -> IdList | None:
        """Return what was served of a cohort before this process, to which the first list is compared."""
        compiled = self._model.projects.compiled.get(entry.ref.namespace)
        cohort = None if compiled is None else compiled.state.cohorts.get(entry.ref.name)
        if entry.ref in self._seen or cohort is None or not isinstance(cohort.members, HashedIds):
            return None
        return IdList(cohort.members, cohort.as_of)

    async def _look(self, origin: ListOrigin, kept: _Kept) -> None:
        async with self._turns:
            await self._fetch(origin, kept)
        kept.due = self._clock() + self._fetcher.interval_seconds(origin)
        kept.busy = False
        if self._kept.get(origin) is kept and self._model.projects.lists.put(origin, kept.supply):
            self._wake()

    async def _fetch(self, origin: ListOrigin, kept: _Kept) -> None:
        result = "failed"
        try:
            fetched = await self._fetcher.fetch(origin, kept.mark)
        except ListError as error:
            self._tell(origin, kept, str(error))
        else:
            if fetched.read is not None:
                kept.read = kept.read.after(fetched.read, may_shrink=origin.may_shrink)
                kept.mark = fetched.mark
            self._tell(origin, kept, "")
            result = "refused" if kept.read.fault else "unchanged" if fetched.read is None else "read"
        self._model.metrics.fetches[origin.source, result] += 1

    def _tell(self, origin: ListOrigin, kept: _Kept, fault: str) -> None:
        before, kept.fault = kept.supply.fault, fault
        if kept.supply.fault and kept.supply.fault != before:
            log.warning("the list %s of %s: %s", origin.path, origin.source, kept.supply.fault)
        elif before and not kept.supply.fault:
            log.info("the list %s of %s is up to date again", origin.path, origin.source)
