"""Allocation: a percentage of a flag with its goal, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Allocation:
    """A segment, or All Other Users.

    Attributes:
        name: unique in a flag.
        goal: in units of 0.001 %; 0 while the flag is inactive.
        conditions: a hash of whom it takes; a renamed segment is known by it.
    """

    name: str
    goal: int
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """Where an allocation stands.

    Attributes:
        name: of the allocation.
        percent: in units of 0.001 %.
        conditions: a hash of whom it takes.
    """

    name: str
    percent: int
    conditions: str = ""


Shares = tuple[Share, ...]


def at_goal(allocations: Sequence[Allocation]) -> Shares:
    """Return all `allocations` at their goals."""
    return tuple(Share(each.name, each.goal, each.conditions) for each in allocations)


def percents(shares: Shares) -> tuple[tuple[str, int], ...]:
    """Return name and percent of every share: what a replica acknowledges."""
    return tuple((each.name, each.percent) for each in shares)


def placed(allocations: Sequence[Allocation], known: Shares) -> Shares:
    """Return where `allocations` stand after an edit, by where they stood before (`known`).

    A name keeps its percent, and so does a renamed segment. A new one begins at the lowest percent of those below it,
    so that nobody enters by it. Nothing stands above its goal.
    """
    by_name = {each.name: each.percent for each in known}
    names = {each.name for each in allocations}
    renamed = {each.conditions: each.percent for each in known if each.name not in names and each.conditions}
    found: list[Share] = []
    lowest: int | None = None
    for each in reversed(allocations):
        stood = by_name.get(each.name, renamed.get(each.conditions) if each.conditions else None)
        if stood is None:
            stood = lowest or 0
        percent = min(each.goal, stood)
        lowest = percent if lowest is None else min(lowest, percent)
        found.append(Share(each.name, percent, each.conditions))
    return tuple(reversed(found))


def rising(allocations: Sequence[Allocation], shares: Shares) -> list[tuple[Allocation, Share]]:
    """Return those of `allocations` that stand below their goal, each with where it stands."""
    pairs = zip(allocations, shares, strict=True)
    return [(each, share) for each, share in pairs if share.percent < each.goal]
