"""Stored: what a store serves, as publications: a flagd publishes what it answers from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.sync.publisher.publication import Publication

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from flagd.ruleset import Ruleset
    from flagd.snapshot import Snapshot
    from flagd.store import Store
    from flagd.sync.subscriber.connection import Term


class StoredPublications:
    """Reads a store. The term is that of the publisher which the store follows, if it follows one."""

    def __init__(self, store: Store, term: Callable[[], Term | None]) -> None:
        """Publish what is in `store`, under `term`; without one, in epoch 0 and a sequence of our own."""
        self._store = store
        self._term = term
        self._snapshots: Mapping[str, Snapshot] | None = None
        self._publication: Publication | None = None
        self._changes = 0

    @property
    def current(self) -> Publication | None:
        """What is served now; None before the first ruleset."""
        if self._store.loaded and self._store.snapshots is not self._snapshots:
            self._snapshots = self._store.snapshots
            self._publication = self._publish(self._snapshots)
        return self._publication

    @property
    def closed(self) -> bool:
        """Whether the server drains."""
        return self._store.closed

    def subscribe(self) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set at every change of the store."""
        return self._store.subscribe()

    def _publish(self, snapshots: Mapping[str, Snapshot]) -> Publication:
        rulesets = {name: snapshot.ruleset for name, snapshot in snapshots.items()}
        before = self._publication.rulesets if self._publication else {}
        self._changes += _revisions(rulesets) != _revisions(before)
        term = self._term()
        return Publication(
            rulesets,
            epoch=term.epoch if term else 0,
            sequence=term.sequence if term else self._changes,
            stale=any(snapshot.stale for snapshot in snapshots.values()),
        )


def _revisions(rulesets: Mapping[str, Ruleset]) -> dict[str, str]:
    return {name: ruleset.revision for name, ruleset in rulesets.items()}
