"""Now: what needs a person, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.dashboard.pages.need import TITLES, Need

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.dashboard.pages.row import Row

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """One need.

    Attributes:
        need: which.
        title: its name.
        meaning: what it means.
        count: how many flags have it.
        rows: the first few of them.
    """

    need: Need
    title: str
    meaning: str
    count: int
    rows: tuple[Row, ...]


def tiles(rows: Sequence[Row]) -> list[Tile]:
    """Return every need, with the flags that have it."""
    found = []
    for need, (title, meaning) in TITLES.items():
        having = [row for row in rows if need in row.needs]
        found.append(Tile(need, title, meaning, len(having), tuple(having[:_MOST_NAMED])))
    return found
