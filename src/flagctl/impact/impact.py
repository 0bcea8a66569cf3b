"""Impact: what a change does to the users of one flag, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from flagctl.impact.move import Move, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping


class Basis(StrEnum):
    """Where the numbers come from."""

    POPULATION = "population"
    SAMPLE = "sample"
    BUCKETS = "buckets"


@dataclass(frozen=True, slots=True)
class Impact:
    """The users of one flag.

    Attributes:
        project: its namespace, after the change.
        flag: its key.
        moves: how many users, or buckets, of each move.
        totals: of how many, by segment; with a population the whole of it stands under the empty name.
        notes: what the numbers leave out, each as a sentence.
        failed: why there are no numbers; empty where there are.
    """

    project: str
    flag: str
    moves: Mapping[Move, int] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    failed: str = ""

    @property
    def title(self) -> str:
        """What people call the flag."""
        return f"{self.project}/{self.flag}"

    def total(self, move: Move) -> int:
        """Return of how many users `move` is a part."""
        return self.totals.get(move.segment, self.totals.get("", 0))

    def count(self, turn: Turn) -> int:
        """Return how many users make `turn`, whatever their segment."""
        return sum(count for move, count in self.moves.items() if move.turn is turn)

    def share(self, turn: Turn) -> float:
        """Return the share of the population that makes `turn`, 0 to 1."""
        return self.count(turn) / (self.totals.get("", 0) or 1)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody moves, as far as the numbers go."""
        return not self.failed and not any(count for move, count in self.moves.items() if move.turn is not Turn.STAYS)


def added(one: Mapping[Move, int], other: Mapping[Move, int]) -> dict[Move, int]:
    """Return the sum of two counts."""
    counter = Counter(one)
    counter.update(other)
    return dict(counter)
