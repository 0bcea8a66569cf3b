"""A flag that is the same for everybody, active or not, against a method call with one look-up in a dict."""

from __future__ import annotations

import sys

from benchmarks.contender import Contender
from benchmarks.engines import USERS
from benchmarks.figure import Figure, Goal, figure, ratios
from benchmarks.rounds import FULL, Effort, interleave

OURS = "Engine.variant"
FLOOR = "a method call with one look-up in a dict"
NEAR_THE_FLOOR = Goal(1.5, least=False)


def measure(effort: Effort = FULL) -> list[Figure]:
    """Both, loops included."""
    with (
        Contender(OURS, "flagoperator", scenario="Static") as ours,
        Contender(FLOOR, "floor", scenario="Static") as floor,
    ):
        for contender in (ours, floor):
            contender.load(1, seconds=effort.seconds)
            if contender.answers["variants"] != {"a": USERS}:
                raise RuntimeError(f"{contender.name} does not say the same to everybody: {contender.answers}")
        print(f"  {effort.rounds} rounds", file=sys.stderr)
        values = interleave({OURS: ours.round, FLOOR: floor.round}, effort.rounds)
    name = "a flag that is the same for everybody"
    return [
        figure(name, [nanoseconds / 1e3 for nanoseconds in values[OURS]], "µs"),
        figure(name, ratios(values[OURS], values[FLOOR]), "×", base=FLOOR, goal=NEAR_THE_FLOOR),
    ]
