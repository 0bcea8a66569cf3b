"""Allocation: one segment of a flag, or all other users: who is in it, and how many of them get what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.dashboard.pages.row import Part, parts_of
from flagctl.dashboard.pages.sentence import audience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.dashboard.inventory.item import Item


@dataclass(frozen=True, slots=True)
class Allocation:
    """One segment, or All Other Users.

    Attributes:
        name: of it.
        who: its conditions as a phrase.
        percent: how far it reaches now, text.
        goal: how far it is to reach, text.
        parts: the variants by weight.
    """

    name: str
    who: str
    percent: str
    goal: str
    parts: tuple[Part, ...]


def allocations_of(item: Item) -> Iterator[Allocation]:
    """Yield the allocations of the flag `item`, in the order in which they are asked."""
    spec, variants = item.spec, item.spec.get("variants") or ()
    effective = (item.status.get("effective") or {}).get("allocations") or ()
    reached = {str(each.get("name")): str(each.get("percent")) for each in effective}
    for each in spec.get("segments") or ():
        rollout, name = each.get("rollout") or {}, str(each.get("name"))
        goal = str(rollout.get("percent", 0))
        parts = parts_of(variants, rollout.get("weights"))
        yield Allocation(name, audience(each), reached.get(name, goal), goal, parts)
    if spec:
        rest = spec.get("allOtherUsers") or {}
        goal = str(rest.get("percent", 0))
        name = "All Other Users"
        yield Allocation(name, "everybody else", reached.get(name, goal), goal, parts_of(variants, rest.get("weights")))
