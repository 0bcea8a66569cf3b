"""Simulation: many ramps played with dice, to see how often a guard is wrong, and how often it is right in time."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from flagoperator.evidence.power import Rule, Stretch, Traffic, detection, firing_look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flagoperator.evidence.counts import Counts
    from flagoperator.evidence.power import Chance

    Judge = Callable[[list[list[Counts]], Rule], bool]

LOOKS = 6
"""At each step."""
LADDER = tuple(
    Stretch(LOOKS * 60.0, share, 1 - share)
    for share in (*(n / 50 for n in range(1, 11)), *(n / 20 for n in range(5, 15)))
)
PLANNED = (Stretch(6 * 3600.0, 0.05, 0.95), Stretch(12 * 3600.0, 0.25, 0.75))
BASELINE = 0.01


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of some ramps were taken back.

    Attributes:
        runs: how many there were.
        fired: how many were taken back.
    """

    runs: int
    fired: int

    @property
    def share(self) -> float:
        """The share that was."""
        return self.fired / self.runs

    def exceeds(self, alpha: float) -> bool:
        """Return whether more were than `alpha` explains: by three standard errors."""
        return self.share > alpha + 3 * sqrt(alpha * (1 - alpha) / self.runs)


def once(steps: list[list[Counts]], rule: Rule) -> bool:
    """Judge a ramp as the operator does: one process through all steps."""
    return _fires((counts for step in steps for counts in step), rule)


def scaled(steps: list[list[Counts]], rule: Rule) -> bool:
    """Judge it by counts that are twice what they were, as an extrapolated rate may make them."""
    return _fires((counts + counts for step in steps for counts in step), rule)


def restarted(steps: list[list[Counts]], rule: Rule) -> bool:
    """Judge it by evidence that restarts at each step, at no price."""
    return any(_fires(step, rule) for step in steps)


def harmless(runs: int, rule: Rule, judge: Judge, chance: Chance) -> Outcome:
    """Return how many ramps are taken back in which the treated fail as often as is borne, no more."""
    traffic = Traffic(600_000, BASELINE, rule.margin)
    return Outcome(runs, sum(judge(_steps(traffic, chance), rule) for _ in range(runs)))


def harmful(runs: int, rule: Rule, chance: Chance) -> tuple[float, Outcome]:
    """Return after how many seconds a doubling is said to be found, and how many ramps are taken back by then."""
    traffic = Traffic(20_000, BASELINE)
    printed = detection(PLANNED, traffic, rule, chance).seconds or 0.0
    minutes = [stretch for each in PLANNED for stretch in _minutes(each)][: int(printed // 60)]
    fired = sum(_fires((traffic.counts(each, chance) for each in minutes), rule) for _ in range(runs))
    return printed, Outcome(runs, fired)


def _fires(looks: Iterable[Counts], rule: Rule) -> bool:
    return firing_look(looks, rule) is not None


def _steps(traffic: Traffic, chance: Chance) -> list[list[Counts]]:
    return [[traffic.counts(each, chance) for each in stretch.pieces(60)] for stretch in LADDER]


def _minutes(stretch: Stretch) -> Iterator[Stretch]:
    for _ in range(int(stretch.seconds // 60)):
        yield Stretch(60.0, stretch.treated, stretch.control)
