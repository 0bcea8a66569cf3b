"""Staircase: a ladder of percentages as a line that rises from left to right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.rollout.rung import DONE, NOW

if TYPE_CHECKING:
    from flagctl.dashboard.pages.flag.ladder import Ladder

WIDTH, HEIGHT = 720, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 22, 26, 34
_POWER = 0.5
"""Heights are the root of the percentage, so that 1 % and 5 % are told apart."""


@dataclass(frozen=True, slots=True)
class Tread:
    """One step.

    Attributes:
        x: where it begins.
        end: where it ends.
        y: how high it is.
        state: done, now or next.
        label: its percentage.
        below: what is asked for before it is left.
    """

    x: float
    end: float
    y: float
    state: str
    label: str
    below: str


@dataclass(frozen=True, slots=True)
class Staircase:
    """The drawing.

    Attributes:
        treads: from left to right.
        walked: SVG path of what is behind; empty where nothing is.
        ahead: SVG path of what is to come.
        base: height of 0 %.
        top: height of the goal.
        goal: its label.
    """

    treads: tuple[Tread, ...]
    walked: str
    ahead: str
    base: float
    top: float
    goal: str
    width: int = WIDTH
    height: int = HEIGHT


def staircase(ladder: Ladder) -> Staircase | None:
    """Return the drawing of `ladder`; None where it has no steps."""
    if not ladder.rungs:
        return None
    step = (WIDTH - _LEFT - _RIGHT) / len(ladder.rungs)
    treads = tuple(
        Tread(
            _LEFT + step * index,
            _LEFT + step * (index + 1),
            _height(rung.percent),
            rung.state,
            f"{rung.percent} %",
            ", ".join(rung.wants),
        )
        for index, rung in enumerate(ladder.rungs)
    )
    passed = [each for each in treads if each.state in {DONE, NOW}]
    coming = [each for each in treads if each.state not in {DONE, NOW}]
    base = _height("0")
    start = (passed[-1].end, passed[-1].y) if passed else (_LEFT, base)
    goal = ladder.goal or ladder.rungs[-1].percent
    return Staircase(treads, _path(passed, (_LEFT, base)), _path(coming, start), base, _height(goal), f"goal {goal} %")


def _path(treads: list[Tread], start: tuple[float, float]) -> str:
    if not treads:
        return ""
    steps = [f"V{each.y:.1f}H{each.end:.1f}" for each in treads]
    return f"M{start[0]:.1f} {start[1]:.1f}{''.join(steps)}"


def _height(percent: str) -> float:
    try:
        share = min(100.0, max(0.0, float(percent))) / 100
    except ValueError:
        share = 0.0
    return float(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - share**_POWER))
