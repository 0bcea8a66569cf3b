"""OperatorEvents: what the operator tells in events, while it leads: what is held, and what edits changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagoperator.cluster.event import about

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.manifest.changes.news import News
    from flagoperator.cluster.event import Events, Type
    from flagoperator.cluster.lease import Lease
    from flagoperator.reconcile.mirror import Mirror


class OperatorEvents:
    """Tells of what every replica sees and only the one that leads is to tell."""

    def __init__(self, events: Events, lease: Lease, mirror: Mirror) -> None:
        self._events = events
        self._lease = lease
        self._mirror = mirror

    def tell(self, regarding: Mapping[str, Any], reason: str, message: str, kind: Type = "Warning") -> None:
        """Say of one object that `reason` holds; see `flagoperator.cluster.event.Events.tell`."""
        self._events.tell(regarding, reason, message, kind)

    def holding(self, texts: Iterable[str]) -> None:
        """Say that rulesets are held, each in its own words."""
        for text in texts if self._lease.leads else ():
            self._events.tell(self._lease.reference, "MassRemovalHeld", text)

    def changed(self, found: Iterable[News]) -> None:
        """Say what edits changed."""
        for one in found if self._lease.leads else ():
            entry = self._mirror.entry(one.ref)
            if entry is not None:
                self._events.tell(about(one.ref, entry.uid), one.reason, one.message, "Normal")
