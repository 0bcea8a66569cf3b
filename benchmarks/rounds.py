"""Rounds: A B C, A B C, …: neighbours in time, so that a slow moment of the machine hits all alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is spent on a figure.

    Attributes:
        rounds: per figure.
        seconds: of one contender in one round.
    """

    rounds: int
    seconds: float


FULL = Effort(rounds=40, seconds=0.03)
SMOKE = Effort(rounds=2, seconds=0.001)


def interleave(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """One value per contender and round; every other round goes backwards."""
    values: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders) if number % 2 == 0 else list(reversed(contenders))
        for name in order:
            values[name].append(contenders[name]())
    return values
