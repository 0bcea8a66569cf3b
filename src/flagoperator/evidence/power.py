"""Power: by when a guard finds that the treated fail twice as often, in four runs of five.

Found by playing many runs with dice, which the caller brings.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from flagoperator.evidence.counts import Counts
from flagoperator.evidence.e_process import EProcess
from flagoperator.evidence.poisson import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Chance = Callable[[], float]

HARM = 2.0
"""The ratio of rates that is to be found."""
SHARE = 0.8
"""In which share of runs."""
RUNS = 1_000
MOST_LOOKS = 40
"""Looks at one stretch."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time during which the groups are of one size.

    Attributes:
        seconds: how long.
        treated: share of all attempts that the treated make, 0 to 1.
        control: share that control makes.
    """

    seconds: float
    treated: float
    control: float

    def pieces(self, interval: float) -> list[Stretch]:
        """Return it cut into pieces of `interval` seconds, or longer ones where there would be too many."""
        count = max(1, min(MOST_LOOKS, math.ceil(self.seconds / interval)))
        return [Stretch(self.seconds / count, self.treated, self.control)] * count


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passes through.

    Attributes:
        per_hour: attempts in an hour, of all users.
        baseline: share of attempts that fail without harm.
        ratio: how many times as often the treated fail.
    """

    per_hour: float
    baseline: float
    ratio: float = HARM

    def counts(self, stretch: Stretch, chance: Chance) -> Counts:
        """Return what is counted in `stretch` by `chance`, which gives numbers that are even from 0 to 1."""
        attempts = self.per_hour * stretch.seconds / 3600
        treated, control = attempts * stretch.treated, attempts * stretch.control
        failures = drawn(treated * self.baseline * self.ratio, chance())
        return Counts(treated, failures, control, drawn(control * self.baseline, chance()))


@dataclass(frozen=True, slots=True)
class Rule:
    """When a guard fails.

    Attributes:
        margin: ratio of rates that is borne.
        limit: of E.
    """

    margin: float
    limit: float


def firing_look(looks: Iterable[Counts], rule: Rule) -> int | None:
    """Return the number, from 0, of the first of `looks` by which the guard fails; None where it never does."""
    process = EProcess(rule.margin)
    for number, counts in enumerate(looks):
        process = process.after(counts)
        if process.reaches(rule.limit):
            return number
    return None


@dataclass(frozen=True, slots=True)
class Detection:
    """When harm is found.

    Attributes:
        seconds: after how many it is in SHARE of runs; None = not by the end.
        shares: in which share of runs it is by the end of each stretch.
    """

    seconds: float | None
    shares: tuple[float, ...]


def detection(
    stretches: Sequence[Stretch], traffic: Traffic, rule: Rule, chance: Chance, interval: float = 60.0
) -> Detection:
    """Return when the harm of `traffic` is found.

    Args:
        stretches: of the ramp, in order.
        traffic: what passes through, with the harm that is to be found.
        rule: when it is found.
        chance: gives numbers that are even from 0 to 1; the same ones give the same answer.
        interval: seconds from one look to the next.
    """
    cut = [stretch.pieces(interval) for stretch in stretches]
    pieces = [piece for each in cut for piece in each]
    ends = list(accumulate((each.seconds for each in pieces), initial=0.0))
    fired = [0] * len(pieces)
    for _ in range(RUNS):
        found = firing_look((traffic.counts(each, chance) for each in pieces), rule)
        if found is not None:
            fired[found] += 1
    shares = [count / RUNS for count in accumulate(fired, initial=0)]
    return Detection(_time(ends, shares), tuple(shares[each] for each in accumulate(map(len, cut))))


def _time(ends: Sequence[float], shares: Sequence[float]) -> float | None:
    """Return when `shares`, which rise and were reached at `ends`, come to SHARE."""
    after = bisect_left(shares, SHARE)
    if after == len(shares):
        return None
    before = after - 1
    part = (SHARE - shares[before]) / (shares[after] - shares[before])
    return ends[before] + part * (ends[after] - ends[before])
