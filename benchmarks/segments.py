"""10 segments, of which the last matches: the very same compiled flag in Amplitude's engine and in ours."""

from __future__ import annotations

import sys

from benchmarks.contender import Contender
from benchmarks.decision import check
from benchmarks.environment import interpreter
from benchmarks.figure import Figure, Goal, figure, ratios
from benchmarks.rounds import FULL, Effort, interleave

OURS = "Engine.variant"
AMPLITUDE = "evaluation engine of amplitude-experiment 1.13.0"
SCENARIOS = {
    "Segments": ("10 segments of 3 conditions, the last matches", Goal(50)),
    "Mixed": ("10 segments of a list, a version and a number of 1,000 distinct users, the last matches", Goal(60)),
}


def measure(effort: Effort = FULL) -> list[Figure]:
    """Both engines on one flag of each kind."""
    return [figure for scenario in SCENARIOS for figure in _measured(scenario, effort)]


def _measured(scenario: str, effort: Effort) -> list[Figure]:
    with (
        Contender(OURS, "flagoperator", scenario=scenario) as ours,
        Contender(AMPLITUDE, "amplitude", scenario=scenario, python=interpreter("amplitude")) as amplitude,
    ):
        for contender in (ours, amplitude):
            contender.load(1, seconds=effort.seconds)
            check(contender)
        if ours.answers != amplitude.answers:
            raise RuntimeError(f"the engines disagree: {ours.answers}, {amplitude.answers}")
        print(f"  {scenario}: 2 engines, {effort.rounds} rounds", file=sys.stderr)
        values = interleave({OURS: ours.round, AMPLITUDE: amplitude.round}, effort.rounds)
    name, goal = SCENARIOS[scenario]
    speed = ratios(values[AMPLITUDE], values[OURS])
    return [
        figure(name, [nanoseconds / 1e3 for nanoseconds in values[OURS]], "µs"),
        figure(f"decisions per second, {name}", speed, "×", base=AMPLITUDE, goal=goal),
    ]
