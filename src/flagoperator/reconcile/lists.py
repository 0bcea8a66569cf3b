"""Lists: what the cohorts of the cluster have for the lists that they are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.id_list.id_list import Supply
from flagd.manifest import FlagCohort

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from flagd.manifest.parts.list_origin import ListOrigin
    from flagoperator.reconcile.entry import Entry

PENDING = Supply(fault="it has not been fetched yet")


def origin_of(entry: Entry) -> ListOrigin | None:
    """Return where the list of a cohort comes from; None for everything that needs none."""
    return entry.resource.spec.from_ if isinstance(entry.resource, FlagCohort) else None


class Lists:
    """The supplies by origin, and which of them were not compiled yet."""

    def __init__(self) -> None:
        self._supplies: dict[ListOrigin, Supply] = {}
        self._fresh: set[ListOrigin] = set()
        self.refusal: Callable[[ListOrigin, str], str] = lambda _origin, _namespace: ""
        """Why a namespace gets nothing from the source of an origin; empty where it does."""

    def supply(self, entry: Entry) -> Supply | None:
        """Return what `entry` has for its list; None where it needs none."""
        origin = origin_of(entry)
        if origin is None:
            return None
        refusal = self.refusal(origin, entry.ref.namespace)
        return Supply(fault=refusal) if refusal else self._supplies.get(origin, PENDING)

    def put(self, origin: ListOrigin, supply: Supply) -> bool:
        """Take `supply` for the list at `origin`; return whether that is new."""
        if self._supplies.get(origin) == supply:
            return False
        self._supplies[origin] = supply
        self._fresh.add(origin)
        return True

    def keep(self, origins: Collection[ListOrigin]) -> None:
        """Forget all lists but those of `origins`."""
        for origin in self._supplies.keys() - set(origins):
            del self._supplies[origin]
            self._fresh.discard(origin)

    def drain(self) -> set[ListOrigin]:
        """Return the origins of which something is new since the last call."""
        fresh, self._fresh = self._fresh, set()
        return fresh
