"""Need: what about a flag needs a person."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from flagoperator.reconcile.ramps.ratio_text import BALANCED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.dashboard.inventory.item import Item


class Need(StrEnum):
    """In the order in which people should look."""

    INVALID = "invalid"
    ROLLED_BACK = "rolled-back"
    APPROVAL = "awaiting-approval"
    INCONCLUSIVE = "inconclusive"
    UNBALANCED = "unbalanced"
    LAST_GOOD = "last-good"
    UNPUBLISHED = "unpublished"
    PAUSED = "paused"
    STALE = "stale"


TITLES = {
    Need.INVALID: ("Invalid", "has errors and cannot be compiled"),
    Need.ROLLED_BACK: ("Rolled back", "a guard failed, and its users from before the run are back"),
    Need.APPROVAL: ("Awaiting approval", "stands at a step until somebody approves it"),
    Need.INCONCLUSIVE: ("Inconclusive", "a guard gives no number, and the ramp waits"),
    Need.UNBALANCED: ("Unbalanced", "the users of its run are not divided as its percentages and weights say"),
    Need.LAST_GOOD: ("Serving last good", "an earlier generation is served, because this one is broken"),
    Need.UNPUBLISHED: ("Unpublished", "not every ready replica serves it"),
    Need.PAUSED: ("Paused", "its ramp goes no further until somebody resumes it"),
    Need.STALE: ("Stale", "past the date by which it should be removed"),
}
"""For each need its name and what it means."""


def needs_of(item: Item, today: date) -> tuple[Need, ...]:
    """Return what about the flag `item` needs a person on the day `today`."""
    return tuple(_needs(item, today))


def _needs(item: Item, today: date) -> Iterator[Need]:
    ready, published = item.condition("Ready"), item.condition("Published")
    rollout = item.status.get("rollout") or {}
    phase, reason = rollout.get("phase"), rollout.get("reason")
    rolled_back = phase == "RolledBack"
    if item.faults or (ready.get("status") == "False" and not rolled_back and ready.get("reason") != reason):
        yield Need.INVALID
    if rolled_back:
        yield Need.ROLLED_BACK
    if reason == "AwaitingApproval":
        yield Need.APPROVAL
    if reason == "Inconclusive":
        yield Need.INCONCLUSIVE
    elif phase == "Paused":
        yield Need.PAUSED
    if item.condition(BALANCED).get("status") == "False":
        yield Need.UNBALANCED
    if _serves_earlier(item):
        yield Need.LAST_GOOD
    if published and published.get("status") != "True":
        yield Need.UNPUBLISHED
    if _is_past(item.spec.get("expires"), today):
        yield Need.STALE


def _serves_earlier(item: Item) -> bool:
    served = item.status.get("servedGeneration")
    broken = item.condition("Published").get("status") == "False"
    return broken and isinstance(served, int) and served < item.metadata.get("generation", 0)


def _is_past(expires: object, today: date) -> bool:
    try:
        return date.fromisoformat(str(expires)) < today
    except ValueError:
        return False
