"""Move: what becomes of one user's variant by a change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

OFF = "off"
NONE = ""
"""In place of a variant: there is no such flag, callers use their own default."""


class Turn(StrEnum):
    """What becomes of a user."""

    JOINS = "joins"
    LEAVES = "leaves"
    CHANGES = "changes"
    REWRITTEN = "value changes"
    STAYS = "stays"


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """From which variant to which.

    Attributes:
        segment: name of the segment that decides after the change; before it where the flag is gone.
        before: key of the variant; empty where there is no such flag.
        after: likewise.
        rewritten: whether the variant has another value or payload.
    """

    segment: str
    before: str
    after: str
    rewritten: bool = False

    @property
    def turn(self) -> Turn:
        """What becomes of the user: who has `off`, or no flag, has no variant."""
        had, has = (key not in {OFF, NONE} for key in (self.before, self.after))
        if had and has:
            if self.before != self.after:
                return Turn.CHANGES
            return Turn.REWRITTEN if self.rewritten else Turn.STAYS
        if had or has:
            return Turn.LEAVES if had else Turn.JOINS
        return Turn.REWRITTEN if self.rewritten else Turn.STAYS
