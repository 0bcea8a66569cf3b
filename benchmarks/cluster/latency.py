"""Latency: one change after a pause, from the API server's answer until both flagd serve it, and where it goes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.cluster.change import Change, changes
from benchmarks.cluster.percentiles import pooled
from benchmarks.cluster.reading import ACKNOWLEDGED, COMPILING, Reading
from benchmarks.cluster.unit import MILLISECONDS
from benchmarks.figure import Figure, Goal, figure, percentile, ratios

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.cluster.effort import Effort
    from benchmarks.cluster.site import Site

TAIL = 99
MOST_MEDIAN = Goal(8, least=False)
MOST_TAIL = Goal(30, least=False)
WAY: tuple[tuple[str, Callable[[Change], float]], ...] = (
    ("from the answer until a bare watch client has the event", lambda one: one.event - one.answered),
    ("from there until the operator has compiled and published", lambda one: one.published - one.event),
    ("from there until both flagd have applied it", lambda one: one.applied - one.published),
    ("from there until their streams have told it", lambda one: one.told - one.applied),
)

OF_THAT = {
    COMPILING: "of that compiling",
    ACKNOWLEDGED: "of that from the operator seeing the event to both flagd having acknowledged",
}


def measure(site: Site, effort: Effort) -> list[Figure]:
    """Some rounds, with nothing else going on."""
    project = site.project(effort.flags)
    operator = project.settled()
    rounds: list[list[Change]] = []
    means: dict[str, list[float]] = {metric: [] for metric in OF_THAT}
    for _ in range(effort.rounds):
        before = {metric: Reading.of(operator, metric) for metric in OF_THAT}
        rounds.append(changes(project, operator, effort))
        for metric, values in means.items():
            values.append(Reading.of(operator, metric).mean(before[metric]))
        print(
            f"  {effort.changes} changes, p50 {percentile([one.wait for one in rounds[-1]], 50):.2f} ms",
            file=sys.stderr,
        )
    name = f"one change of {project.size:,} flags"
    waits = [[one.wait for one in each] for each in rounds]
    return [
        pooled(f"{name}: from the API server's answer to both flagd serving it, p50", waits, 50, goal=MOST_MEDIAN),
        pooled(f"{name}: from the API server's answer to both flagd serving it, p99", waits, TAIL, goal=MOST_TAIL),
        *_way(rounds),
        *(figure(f"its way: {OF_THAT[metric]}, mean", values, "ms") for metric, values in means.items()),
        *(_beside_bare_watch(name, rounds, percent) for percent in (50, TAIL)),
    ]


def _way(rounds: Sequence[Sequence[Change]]) -> list[Figure]:
    """How the time splits, each step by itself: medians of steps do not add up to the median of the whole."""
    return [
        pooled(f"its way {step}, p{percent}", [[taken(one) * MILLISECONDS for one in each] for each in rounds], percent)
        for step, taken in WAY
        for percent in (50, TAIL)
    ]


def _beside_bare_watch(name: str, rounds: Sequence[Sequence[Change]], percent: int) -> Figure:
    """Both from the sending of the change: the event may be there before the API server's answer is."""
    ours = [percentile([one.told - one.sent for one in each], percent) for each in rounds]
    bare = [percentile([one.event - one.sent for one in each], percent) for each in rounds]
    base = f"a bare watch client has the event, p{percent}"
    return figure(f"{name}: from its sending to both flagd serving it, p{percent}", ratios(ours, bare), "×", base=base)
