"""Directory: serves a folder of manifests and follows its edits.

The file system says when to look; what is there says what holds. A folder is taken as a whole once
two readings in a row agree, so that half-written files and half-swapped mounts are not seen.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.id_list.shelf import Shelf
from flagd.manifest import Flag, FlagRolloutPlan, Severity
from flagd.manifest.changes.news import Reason
from flagd.process.announcer import Announcer
from flagd.process.background import in_turns
from flagd.sources.changes import changes
from flagd.sources.folder_news import broken_refs, folder_news, other_findings, readable_again
from flagd.sources.folder_reader import FolderReader
from flagd.sources.manifests import Surroundings, digests, look_around
from flagd.sources.reading import Reading, rejected, remember, take

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flagd.compiler import Unreadable
    from flagd.manifest import Diagnostic, Resource, ResourceRef
    from flagd.manifest.changes.news import Line
    from flagd.metrics import Metrics
    from flagd.snapshot import Snapshot
    from flagd.sources.manifests import Source
    from flagd.store import Store

log = logging.getLogger(__name__)
SETTLE_SECONDS = 0.1
SETTLE_READINGS = 5
RETRY_SECONDS = 0.5
RAMPS_AT_GOALS = "flags with a ramp are served at their goals: only an operator has percentages rise step by step"


class DirectorySource:
    """Keeps a store at what a folder of manifests says."""

    def __init__(self, folder: Path, store: Store, metrics: Metrics, announcer: Announcer | None = None) -> None:
        self._folder = folder
        self._store = store
        self._metrics = metrics
        self._reader = FolderReader(folder)
        self._reading = Reading()
        self._shelf = Shelf(folder)
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
        sources = await self._settled(confirmed=confirmed)
        directories = await in_turns(look_around, self._folder, sources, self._reading.manifests)
        around = Surroundings(directories, confirmed)
        before, reading = self._reading, await in_turns(take, sources, self._reading, around, self._shelf.supplies)
        changed = reading is not before
        self._metrics.reloads["changed" if changed else "unchanged"] += 1
        if changed:
            self._report(reading, await in_turns(_report, before, reading))
        self._reading = reading
        self._publish()

    async def _settled(self, *, confirmed: bool) -> list[Source]:
        if confirmed:
            self._reader.forget()
        sources = await self._read()
        for _ in range(SETTLE_READINGS):
            if await in_turns(self._holds, sources):
                break
            before = sources
            await asyncio.sleep(SETTLE_SECONDS)
            sources = await self._read()
            if await in_turns(_is_same, sources, before):
                return sources
        return sources

    async def _read(self) -> list[Source]:
        manifests = self._reading.manifests
        return await in_turns(self._reader.read, manifests.files if manifests else {})

    def _holds(self, sources: list[Source]) -> bool:
        manifests = self._reading.manifests
        return manifests is not None and manifests.holds(sources)

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

    def _report(self, reading: Reading, report: _Report) -> None:
        for line in report.lines:
            level = logging.ERROR if line.reason is Reason.BROKEN else logging.INFO
            log.log(level, "%s", line.text, extra={"fields": line.fields})
        for finding in report.findings:
            log.log(_LEVELS[finding.severity], "%s", finding)
        for name in report.readable:
            log.info("%s can be read again", name)
        self._metrics.rejected = rejected(reading.diagnostics)
        self._metrics.broken = report.broken
        named = ((ref.namespace, ref.name) for ref in self._metrics.broken if ref.kind == "Flag")
        self._store.refused = frozenset(named)
        self._metrics.held = sum(map(len, reading.manifests.held.values())) if reading.manifests else 0
        self._announcer.tell_all({name: one.ruleset for name, one in reading.snapshots.items()})
        if report.ramps and not self._told_of_ramps:
            self._told_of_ramps = True
            log.warning(RAMPS_AT_GOALS)
        if not any(snapshot.ruleset.flags for snapshot in reading.snapshots.values()):
            log.warning("no flags in %s", self._folder)


def _is_same(sources: list[Source], before: list[Source]) -> bool:
    return digests(sources) == digests(before)


@dataclass(frozen=True, slots=True)
class _Report:
    """What is to be said of a reading after the one before it, found at the cost of what differs."""

    lines: list[Line]
    findings: list[Diagnostic]
    readable: list[str]
    broken: list[ResourceRef]
    ramps: bool


def _report(before: Reading, after: Reading) -> _Report:
    return _Report(
        folder_news(before, after),
        other_findings(before, after),
        readable_again(before, after),
        broken_refs(after.diagnostics),
        any(_ramps(after.readable[ref]) for ref in after.differing if ref in after.readable),
    )


def _ramps(resource: Resource | Unreadable) -> bool:
    return isinstance(resource, FlagRolloutPlan) or (isinstance(resource, Flag) and resource.spec.ramp is not None)


_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING}
