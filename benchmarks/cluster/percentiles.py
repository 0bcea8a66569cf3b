"""Percentiles over all that was measured, with what they were round by round as the spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.figure import Figure, percentile, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.figure import Goal


def pooled(
    name: str, rounds: Sequence[Sequence[float]], percent: float, unit: str = "ms", *, goal: Goal | None = None
) -> Figure:
    """The percentile of all values of all rounds: of a hundred values alone, p99 would be but the second worst."""
    values = [value for one in rounds for value in one]
    low, high = spread([percentile(one, percent) for one in rounds])
    return Figure(name, percentile(values, percent), low, high, unit, len(rounds), goal=goal)
