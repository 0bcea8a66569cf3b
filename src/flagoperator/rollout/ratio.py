"""Ratio: whether the users of a run are divided as its percentages and weights say, by those who were seen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import le
from typing import TYPE_CHECKING

from flagoperator.evidence.sample_ratio import ALARM, log_bayes_factor

if TYPE_CHECKING:
    from flagd.engine.split import Split


@dataclass(frozen=True, slots=True)
class Tally:
    """The users of one segment who were seen, each once.

    Attributes:
        split: how the segment divides its users.
        users: how many of each of its parts.
    """

    split: Split
    users: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many users were seen."""
        return sum(self.users)

    @property
    def log(self) -> float:
        """The natural logarithm of the evidence that they are divided otherwise."""
        return log_bayes_factor(self.users, [each.width for each in self.split.parts])

    @property
    def value(self) -> float:
        """The same as a number; as large as a float gets where it is larger."""
        return math.exp(min(self.log, 700.0))


@dataclass(frozen=True, slots=True)
class Ratio:
    """What is known in a run. Only a mismatch makes a state another: users come all the time.

    Attributes:
        tallies: by segment, since percents or weights were others.
        restarts: how often users were counted from nobody again, which every step forward does.
        culprit: the first tally whose users are divided otherwise, as it was found; None = none was in this run.
    """

    tallies: tuple[Tally, ...] = field(default=(), compare=False)
    restarts: int = field(default=0, compare=False)
    culprit: Tally | None = None

    @property
    def found(self) -> str:
        """The segment whose users are divided otherwise; empty = none was found in this run."""
        return "" if self.culprit is None else self.culprit.split.segment

    @property
    def limit(self) -> float:
        """What the evidence of one segment must reach.

        It is shared out over segments, and over beginnings as 1/2, 1/6, 1/12 …: together at most one run of 1,000.
        """
        return ALARM * (self.restarts + 1) * (self.restarts + 2) * max(1, len(self.tallies))

    @property
    def most(self) -> Tally | None:
        """The tally with the most evidence; None where nobody was counted."""
        return max((each for each in self.tallies if each.total), key=lambda each: each.log, default=None)

    def after(self, told: tuple[Tally, ...]) -> Ratio:
        """Return it with what is `told` now, of all segments; nothing where they are not counted at present."""
        if told in ((), self.tallies) or (self._is_same(told) and not any(each.total for each in told)):
            return self  # after a restart nobody has told anything yet
        again = any(each.total for each in self.tallies) and not self._goes_on(told)
        found = replace(self, tallies=told, restarts=self.restarts + again)
        worst = found.most
        if found.culprit is not None or worst is None or worst.log < math.log(found.limit):
            return found
        return replace(found, culprit=worst)

    def restarted(self) -> Ratio:
        """Return it as it is when the flag is another: what was found may be fixed."""
        return replace(self, culprit=None)

    def _is_same(self, told: tuple[Tally, ...]) -> bool:
        return [each.split for each in self.tallies] == [each.split for each in told]

    def _goes_on(self, told: tuple[Tally, ...]) -> bool:
        if not self._is_same(told):
            return False
        users = [tuple(chain(*(each.users for each in some))) for some in (self.tallies, told)]
        return all(map(le, *users))
