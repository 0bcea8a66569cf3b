"""All 1,000 flags for one user, against 1,000 times one decision."""

from __future__ import annotations

import sys

from benchmarks.contender import Contender
from benchmarks.decision import check
from benchmarks.figure import Figure, Goal, figure, ratios
from benchmarks.rounds import FULL, Effort, interleave

FLAGS = 1_000
ALL = "Engine.evaluate"
ONE = "Engine.variant"
NEAR_THE_SUM = Goal(1.5, least=False)


def measure(effort: Effort = FULL, flags: int = FLAGS) -> list[Figure]:
    """`evaluate` of all flags and `variant` of one, on the same flags."""
    with (
        Contender(ALL, "flagoperator", scenario="AllFlags") as every,
        Contender(ONE, "flagoperator") as one,
    ):
        for contender in (every, one):
            contender.load(flags, seconds=effort.seconds)
            check(contender)
        print(f"  {flags} flags, {effort.rounds} rounds", file=sys.stderr)
        values = interleave({ALL: every.round, ONE: one.round}, effort.rounds)
    sums = [nanoseconds * flags for nanoseconds in values[ONE]]
    name = f"all {flags:,} flags for one user"
    return [
        figure(name, [nanoseconds / 1e3 for nanoseconds in values[ALL]], "µs"),
        figure(name, ratios(values[ALL], sums), "×", base=f"{flags:,} × one decision", goal=NEAR_THE_SUM),
    ]
