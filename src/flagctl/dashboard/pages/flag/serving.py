"""Serving: which form of a flag replicas serve, as far as its status says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagctl.dashboard.inventory.item import Item


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served of one flag.

    Attributes:
        published: ready replicas that serve it, as ``3/3``.
        revision: content hash of the form that is served, its first digits.
        generation: of the manifest.
        served: generation that is served; 0 where nobody says.
        state: of the condition Published.
        reason: of the same.
        message: of the same.
        since: RFC 3339, when that condition last changed.
    """

    published: str
    revision: str
    generation: int
    served: int
    state: str
    reason: str
    message: str
    since: str

    @property
    def earlier(self) -> bool:
        """Whether an earlier generation is served, because this one is broken."""
        return self.state == "False" and 0 < self.served < self.generation


def serving_of(item: Item) -> Serving | None:
    """Return what is served of the flag `item`; None where no operator says anything of it."""
    status, told = item.status, item.condition("Published")
    if not told:
        return None
    return Serving(
        published=str(status.get("published", "")),
        revision=str(status.get("shortRevision", "")),
        generation=int(item.metadata.get("generation", 0)),
        served=int(status.get("servedGeneration") or 0),
        state=str(told.get("status", "")),
        reason=str(told.get("reason", "")),
        message=str(told.get("message", "")),
        since=str(told.get("lastTransitionTime", "")),
    )
