"""Settlement: since when a flag gives everybody the same, so that its code need not ask any more."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.reconcile.served import Served


def settlement(status: Mapping[str, Any], served: Served | None, now: str) -> dict[str, Any]:
    """Return ``settledSince`` and ``settledOn`` of a flag; nothing where users may get different variants.

    Args:
        status: what is said of the flag so far: the moment stays while everybody gets what they got.
        served: the form of the flag that is served.
        now: RFC 3339.
    """
    if served is None or served.settled is None:
        return {}
    on = asdict(served.settled)
    since = status.get("settledSince") if status.get("settledOn") == on else None
    return {"settledSince": since or now, "settledOn": on}
