"""OperatorEvents: the Kubernetes Events of the operator, while it leads: what is held, and what edits changed."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from flagoperator.cluster.event import WAITING, about

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flagd.manifest.changes.news import News
    from flagoperator.cluster.event import Events, Type
    from flagoperator.cluster.lease import Lease
    from flagoperator.reconcile.resource_cache import ResourceCache


class OperatorEvents:
    """Reports what every replica sees and only the leader may report.

    An edit that comes while none leads is reported by the next leader. One that another replica may have reported just
    before it stopped is reported again, under the same name of the Event, so that there is one Event.
    """

    def __init__(
        self, events: Events, lease: Lease, cache: ResourceCache, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._events = events
        self._lease = lease
        self._cache = cache
        self._clock = clock
        self._untold: deque[tuple[float, News]] = deque(maxlen=WAITING)

    def tell(self, regarding: Mapping[str, Any], reason: str, message: str, kind: Type = "Warning") -> None:
        """Say of one object that `reason` holds; see `flagoperator.cluster.event.Events.tell`."""
        self._events.tell(regarding, reason, message, kind)

    def holding(self, texts: Iterable[str]) -> None:
        """Say that rulesets are held, each in its own words."""
        for text in texts if self._lease.leads else ():
            self._events.tell(self._lease.reference, "MassRemovalHeld", text)

    def changed(self, found: Iterable[News]) -> None:
        """Say what edits changed: now, or once this replica leads where no other has said it."""
        now = self._clock()
        self._untold.extend((now, one) for one in found)
        self.catch_up()

    def catch_up(self) -> None:
        """Say what edits changed while no replica led, if this one leads now."""
        while self._untold and self._untold[0][0] < self._lease.vacant_since:
            self._untold.popleft()
        while self._untold and self._lease.leads:
            self._tell_change(self._untold.popleft()[1])

    def _tell_change(self, one: News) -> None:
        entry = self._cache.entry(one.ref)
        if entry is not None:
            self._events.tell(about(one.ref, entry.uid), one.reason, one.message, "Normal", once=True)
