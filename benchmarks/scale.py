"""A flagd's worth of 1, 10,000 and 100,000 flags: taken in, one decision, one change, memory of the process."""

from __future__ import annotations

import sys
from contextlib import ExitStack

from benchmarks.compiling import Project
from benchmarks.figure import Figure, Goal, figure, ratios
from benchmarks.rounds import interleave

SIZES = (1, 10_000, 100_000)
ROUNDS = {"load": 1, "memory": 1, "decide": 30, "change": 30}
UNITS = {"load": ("take in", 1, "s"), "memory": ("memory of a process that answers of", 1 / 2**20, "MiB")}
FLAT = Goal(1.1, least=False)
MOST = {"load": Goal(20, least=False), "memory": Goal(1_228.8, least=False)}


def measure(rounds: dict[str, int] = ROUNDS, sizes: tuple[int, ...] = SIZES) -> list[Figure]:
    """Every size in a process of its own, rounds interleaved."""
    with ExitStack() as stack:
        served = {str(size): stack.enter_context(Project(size, worker="benchmarks.scale_worker")) for size in sizes}
        values: dict[str, dict[str, list[float]]] = {}
        for command, count in rounds.items():
            print(f"  {command}: {count} rounds", file=sys.stderr)
            asked = {size: (lambda one=one, command=command: one.ask(command)) for size, one in served.items()}
            values[command] = interleave(asked, count)
    return [*_absolute(values, sizes), *_growth(values, sizes)]


def _absolute(values: dict[str, dict[str, list[float]]], sizes: tuple[int, ...]) -> list[Figure]:
    figures = []
    for size in sizes:
        flags = f"{size:,} flag{'s' if size > 1 else ''}"
        for command, (what, factor, unit) in UNITS.items():
            goal = MOST[command] if size == sizes[-1] else None
            found = [factor * value for value in values[command][str(size)]]
            figures.append(figure(f"{what} {flags}", found, unit, goal=goal))
        micro = [1e6 * seconds for seconds in values["decide"][str(size)]]
        milli = [1e3 * seconds for seconds in values["change"][str(size)]]
        figures.append(figure(f"one decision, {flags} held", micro, "µs"))
        figures.append(figure(f"take in a change of one of {flags} and answer by it", milli, "ms"))
    return figures


def _growth(values: dict[str, dict[str, list[float]]], sizes: tuple[int, ...]) -> list[Figure]:
    first, *_, last = sizes
    middle = sizes[-2]
    decide, change = values["decide"], values["change"]
    return [
        figure(
            f"one decision, {last:,} flags held",
            ratios(decide[str(last)], decide[str(first)]),
            "×",
            base=f"with {first:,} flag",
            goal=FLAT,
        ),
        figure(
            f"take in a change of one of {last:,} flags",
            ratios(change[str(last)], change[str(middle)]),
            "×",
            base=f"with {middle:,} flags",
        ),
    ]
