"""Lasting: for how long a cluster has given everybody the same. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from flagd.manifest import ResourceRef
    from flagd.ruleset.outcomes import Settled


@dataclass(frozen=True, slots=True)
class Lasting:
    """What a cluster says of its flags.

    Attributes:
        statuses: the status of each flag.
        now: when they are judged.
        least: how long everybody must have had the same.
    """

    statuses: Mapping[ResourceRef, Mapping[str, Any]]
    now: datetime
    least: timedelta

    def told(self, ref: ResourceRef, found: Settled) -> str | None:
        """Return since when everybody gets what `found` is; None where that is not known, or too short."""
        status = self.statuses.get(ref, {})
        if status.get("settledOn") != asdict(found) or not isinstance(status.get("settledSince"), str):
            return None
        since = datetime.fromisoformat(status["settledSince"])
        days = (self.now - since).days
        return (
            f"since {since:%Y-%m-%d}, {days} day{'' if days == 1 else 's'}" if self.now - since >= self.least else None
        )
