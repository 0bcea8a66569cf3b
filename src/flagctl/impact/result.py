"""Result: the impact of a change on all its flags, and where the numbers come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.impact.impact import Basis
from flagctl.impact.sample import margin
from flagctl.impact.share import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.impact.impact import Impact
    from flagctl.impact.move import Move


@dataclass(frozen=True, slots=True)
class Result:
    """What was counted.

    Attributes:
        basis: where the numbers come from.
        users: how many were counted, in each segment with a sample; 0 without users.
        impacts: one for each flag that may answer otherwise, by project and key.
        failures: the limits that are broken, a sentence each.
    """

    basis: Basis
    users: int
    impacts: Sequence[Impact]
    failures: Sequence[str] = ()

    @property
    def about(self) -> str:
        """Where the numbers come from, as a sentence."""
        if self.basis is Basis.POPULATION:
            return f"{self.users:,} users, all of them counted" if self.users > 1 else "1 user, counted"
        if self.basis is Basis.SAMPLE:
            return f"{self.users:,} made-up users in each segment, ± the sampling error (95 %)"
        return "shares within each segment, exact by the hash; --population FILE counts your users"

    def share(self, impact: Impact, move: Move) -> str:
        """Return the share of users who make `move`, with its error where there is one."""
        count, total = impact.moves[move], impact.total(move)
        error = f" ± {percent(margin(count, total), 1)}" if self.basis is Basis.SAMPLE else ""
        return f"{percent(count, total)}{error}"
