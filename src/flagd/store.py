"""Store: the current snapshot of every project, swapped whole.

Readers take one reference and keep it for the whole call, so that no answer mixes two revisions.
"""

from __future__ import annotations

import logging
from types import MappingProxyType
from typing import TYPE_CHECKING

from flagd.ruleset.default_project import DefaultProject
from flagd.ruleset.obstacle import NO_PROJECT, NO_RULESET
from flagd.signal import Signal

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Set
    from contextlib import AbstractContextManager

    from flagd.snapshot import Snapshot


log = logging.getLogger(__name__)
GONE_PROJECTS = 1000
"""Most projects without content that are remembered."""


class Store:
    """The current snapshots. Written by one source, read by everybody, in one event loop."""

    def __init__(self, unnamed: DefaultProject | None = None) -> None:
        """Begin without a snapshot; `unnamed` is the rule for who names no project."""
        self.unnamed = unnamed or DefaultProject()
        self._snapshots: Mapping[str, Snapshot] = MappingProxyType({})
        self._known: set[str] = set()
        self.refused: Set[tuple[str, str]] = frozenset()
        """Project and name of flags that are declared and cannot be used as they are, as far as is known here."""
        self._default_project = self.unnamed.among(())
        self._loaded = False
        self._closed = False
        self._replaced = Signal()

    @property
    def loaded(self) -> bool:
        """Whether a source has delivered at least once; before that nothing can be answered."""
        return self._loaded

    @property
    def default_project(self) -> str | None:
        """The project meant by who names none; None = it must be named. It may have nothing in it."""
        return self._default_project

    def knows(self, project: str) -> bool:
        """Whether this is a project, if one without content now: the default one, or one that a folder had."""
        return project == self._default_project or (self.unnamed.alone and project in self._known)

    @property
    def obstacle(self) -> str:
        """Why no call can be answered, in words for callers; empty where calls can."""
        if not self._loaded:
            return NO_RULESET
        return "" if self._snapshots or self._known else NO_PROJECT

    @property
    def ready(self) -> bool:
        """Whether what is known is all there is to know.

        A folder without a project is a mistake. A cluster without a flag is not: an operator has read it and says so,
        and anyone who installs both waits for this server before the first flag.
        """
        return self._loaded and (not self.obstacle or not self.unnamed.alone)

    @property
    def closed(self) -> bool:
        """Whether the server is draining: subscribers leave, single calls are still answered."""
        return self._closed

    @property
    def snapshots(self) -> Mapping[str, Snapshot]:
        """The current snapshots by project: a mapping that never changes, only gets replaced."""
        return self._snapshots

    def replace(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Make `snapshots` the current ones, of all projects at once, and wake the subscribers."""
        self._snapshots = MappingProxyType(dict(snapshots))
        # What a restart inherited is not known before the source has said that it is current.
        self._known.update(name for name, one in snapshots.items() if not one.stale)
        if len(self._known) > len(snapshots) + GONE_PROJECTS:
            self._known = set(snapshots)
        self._mean(self.unnamed.among(self._snapshots, self._known, self._default_project))
        self._loaded = True
        self._replaced.wake()

    def close(self) -> None:
        """Tell the subscribers to leave."""
        self._closed = True
        self._replaced.wake()

    def subscribe(self) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set at every replacement; the subscriber clears it, then reads `snapshots`.

        Level, not edge: replacements that come faster than a subscriber reads are seen as one.
        """
        return self._replaced.subscribe()

    def _mean(self, project: str | None) -> None:
        before, self._default_project = self._default_project, project
        if before is not None and project != before:
            now = f"mean {project}" if project else "are refused"
            log.warning("calls that name no project %s now, they meant %s; --default-project chooses", now, before)
