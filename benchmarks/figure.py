"""Figure: one measured number, what it is compared with, and the goal it has to meet."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound.

    Attributes:
        bound: in the unit of the figure.
        least: whether the figure must be at least the bound; else at most.
    """

    bound: float
    least: bool = True

    def met(self, value: float) -> bool:
        """Whether the value keeps to the bound."""
        return value >= self.bound if self.least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table.

    Attributes:
        name: what was measured.
        value: median over the rounds.
        low: 10th percentile over the rounds.
        high: 90th percentile.
        unit: of the three; "×" for a ratio.
        base: what a ratio was taken to, measured in the same run.
        goal: what it has to be, if anything.
        rounds: how many rounds there were.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    rounds: int
    base: str = ""
    goal: Goal | None = None

    def as_dict(self) -> dict[str, object]:
        """The JSON of a results file."""
        result: dict[str, object] = {
            "name": self.name,
            "value": significant(self.value),
            "low": significant(self.low),
            "high": significant(self.high),
            "unit": self.unit,
            "rounds": self.rounds,
        }
        if self.base:
            result["base"] = self.base
        if self.goal:
            result |= {"goal": str(self.goal), "met": self.goal.met(self.value)}
        return result


def figure(
    name: str,
    values: Sequence[float],
    unit: str,
    *,
    base: str = "",
    goal: Goal | None = None,
) -> Figure:
    """The median of the rounds' values with its spread."""
    low, high = spread(values)
    return Figure(name, statistics.median(values), low, high, unit, len(values), base, goal)


def ratios(numerator: Sequence[float], denominator: Sequence[float]) -> list[float]:
    """Round by round, so that what slows both down cancels out."""
    return [above / below for above, below in zip(numerator, denominator, strict=True)]


def spread(values: Sequence[float]) -> tuple[float, float]:
    """10th and 90th percentile, by nearest rank."""
    return percentile(values, 10), percentile(values, 90)


def percentile(values: Sequence[float], percent: float) -> float:
    """By nearest rank; percent from 0 to 100."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def significant(value: float) -> float:
    """Four significant digits: more would be noise."""
    return float(f"{value:.4g}")
