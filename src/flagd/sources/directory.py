"""Directory: serves a folder of manifests and follows its edits.

The file system says when to look; what is there says what holds. A folder is taken as a whole once
two readings in a row agree, so that half-written files and half-swapped mounts are not seen.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from watchfiles import awatch

from flagd.manifest import Flag, FlagRolloutPlan, Severity
from flagd.manifest.changes.news import Reason
from flagd.process.announcer import Announcer
from flagd.process.background import in_turns
from flagd.sources.folder_news import broken_refs, folder_news, other_findings, readable_again
from flagd.sources.manifests import Surroundings, look_around, read_folder
from flagd.sources.reading import Reading, rejected, remember, take

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from flagd.manifest import Diagnostic, Resource
    from flagd.manifest.reading.files import SourceFile
    from flagd.metrics import Metrics
    from flagd.snapshot import Snapshot
    from flagd.store import Store

log = logging.getLogger(__name__)
QUIET_MS = 50
GROUP_MS = 400
SETTLE_SECONDS = 0.1
SETTLE_READINGS = 5
POLL_SECONDS = 10.0
"""How often the folder is read without a notification: network file systems send none."""
IDENTITY_MS = 500
"""How often it is checked that the folder is still the same one: a link to it may have been turned elsewhere."""
RETRY_SECONDS = 0.5


class DirectorySource:
    """Keeps a store at what a folder of manifests says."""

    def __init__(self, folder: Path, store: Store, metrics: Metrics, announcer: Announcer | None = None) -> None:
        self._folder = folder
        self._store = store
        self._metrics = metrics
        self._reading = Reading()
        self._announcer = announcer or Announcer()
        self._in_touch = True
        self._lock = asyncio.Lock()
        self._told_of_ramps = False

    @property
    def term(self) -> None:
        """None: no publisher is followed."""
        return

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the manifests as they are now."""
        return self._reading.diagnostics

    @property
    def absence(self) -> str:
        """Why there may be no project."""
        if not self._in_touch:
            return f"{self._folder} cannot be read"
        return f"no flags in {self._folder}" if self._reading.manifests else f"{self._folder} is being read"

    def remember(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Take what was served before a restart as the last good form of what the first reading finds broken."""
        self._reading = remember(snapshots)

    async def run(self) -> None:
        """Read, publish, follow; until cancelled. While the folder cannot be read, what holds is kept, stale."""
        while True:
            try:
                async for _ in changes(self._folder):
                    await self.refresh()
            except OSError as error:
                self._lost(error)
            await asyncio.sleep(RETRY_SECONDS)

    async def confirm(self) -> None:
        """Read the folder now, and believe that everything is gone that is."""
        log.info("reading the manifests again: what is missing now counts as deleted")
        try:
            await self.refresh(confirmed=True)
        except OSError as error:
            self._lost(error)

    async def refresh(self, *, confirmed: bool = False) -> None:
        """Read the folder now and publish what is new. Raises OSError when it cannot be read."""
        async with self._lock:
            await self._refresh(confirmed=confirmed)

    async def _refresh(self, *, confirmed: bool) -> None:
        sources = await self._settled()
        directories = await asyncio.to_thread(look_around, self._folder, sources, self._reading.manifests)
        reading = await in_turns(take, sources, self._reading, Surroundings(directories, confirmed))
        changed = reading is not self._reading
        self._metrics.reloads["changed" if changed else "unchanged"] += 1
        if changed:
            self._report(reading)
        self._reading = reading
        self._publish()

    async def _settled(self) -> list[SourceFile]:
        sources = await asyncio.to_thread(read_folder, self._folder)
        for _ in range(SETTLE_READINGS):
            if self._reading.manifests and self._reading.manifests.holds(sources):
                break
            before = sources
            await asyncio.sleep(SETTLE_SECONDS)
            sources = await asyncio.to_thread(read_folder, self._folder)
            if sources == before:
                break
        return sources

    def _publish(self) -> None:
        if not self._in_touch:
            log.info("the manifests can be read again")
        self._in_touch = True
        now = time.time()
        self._store.replace({name: one.at(now) for name, one in self._reading.snapshots.items()})

    def _lost(self, error: OSError) -> None:
        self._metrics.reloads["failed"] += 1
        if self._in_touch:
            log.error("the manifests cannot be read; what was read before is still served: %s", error)
        self._in_touch = False
        if self._store.loaded:
            self._store.replace({name: one.lost() for name, one in self._store.snapshots.items()})

    def _report(self, reading: Reading) -> None:
        before = self._reading
        for line in folder_news(before, reading):
            level = logging.ERROR if line.reason is Reason.BROKEN else logging.INFO
            log.log(level, "%s", line.text, extra={"fields": line.fields})
        for finding in other_findings(before, reading):
            log.log(_LEVELS[finding.severity], "%s", finding)
        for name in readable_again(before, reading):
            log.info("%s can be read again", name)
        self._metrics.rejected = rejected(reading.diagnostics)
        self._metrics.broken = broken_refs(reading.diagnostics)
        named = ((ref.namespace, ref.name) for ref in self._metrics.broken if ref.kind == "Flag")
        self._store.refused = frozenset(named)
        self._metrics.held = sum(map(len, reading.manifests.held.values())) if reading.manifests else 0
        self._announcer.tell_all({name: one.ruleset for name, one in reading.snapshots.items()})
        self._tell_of_ramps(reading)
        if not any(snapshot.ruleset.flags for snapshot in reading.snapshots.values()):
            log.warning("no flags in %s", self._folder)

    def _tell_of_ramps(self, reading: Reading) -> None:
        resources = reading.manifests.resources.values() if reading.manifests else ()
        if self._told_of_ramps or not any(map(_ramps, resources)):
            return
        self._told_of_ramps = True
        log.warning("flags with a ramp are served at their goals: only an operator has percentages rise step by step")


def _ramps(resource: Resource) -> bool:
    return isinstance(resource, FlagRolloutPlan) or (isinstance(resource, Flag) and resource.spec.ramp is not None)


_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING}


async def changes(folder: Path) -> AsyncIterator[None]:
    """Yield at once, then whenever something in `folder` changes, and every few seconds all the same.

    Ends when another folder has taken its place. Raises OSError when it is not there.
    """
    identity = _identity(folder)
    watcher = awatch(
        folder,
        watch_filter=None,
        debounce=GROUP_MS,
        step=QUIET_MS,
        rust_timeout=IDENTITY_MS,
        yield_on_timeout=True,
    )
    # The watch begins with the first step; what changes during the first reading must not be missed.
    step = asyncio.ensure_future(anext(watcher))
    try:
        await asyncio.sleep(0)
        yield
        looked = time.monotonic()
        while _identity(folder) == identity:
            changed = await step
            step = asyncio.ensure_future(anext(watcher))
            if changed or time.monotonic() - looked > POLL_SECONDS:
                yield
                looked = time.monotonic()
    finally:
        step.cancel()
        await asyncio.gather(step, return_exceptions=True)
        await watcher.aclose()


def _identity(folder: Path) -> tuple[int, int]:
    found = folder.stat()
    return found.st_dev, found.st_ino
