"""Growth: how the memory of processes goes up over the time of a soak, and whether that is too much."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from statistics import linear_regression

from tests.cluster.footprint import Footprint

WARM = 3
"""The first looks at a process are of one that is still filling its caches."""
EXCESS_SHARE, EXCESS_KB = 0.5, 48 * 1024
"""What a process may have grown by since it was warm: the larger of the two."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a process held at a time."""

    time: float
    memory: int


@dataclass(slots=True)
class Life:
    """Looks at one process, from the first to the last."""

    name: str
    pid: int
    looks: list[Look] = field(default_factory=list)

    @property
    def warm(self) -> list[Look]:
        """The looks that count."""
        return self.looks[WARM:]

    def slope(self) -> float:
        """Return kB an hour; 0 where there are too few looks to say."""
        warm = self.warm
        if len(warm) < WARM:
            return 0.0
        return 3600 * linear_regression([each.time for each in warm], [each.memory for each in warm]).slope

    def excess(self) -> int:
        """Return by how many kB it holds more at the end than is allowed; 0 = it does not."""
        if len(self.warm) < WARM:
            return 0
        first, last = self.warm[0].memory, self.warm[-1].memory
        return max(0, int(last - first - max(EXCESS_KB, first * EXCESS_SHARE)))


class Growth:
    """The lives of all processes of a soak."""

    def __init__(self) -> None:
        self._lives: dict[tuple[str, int], Life] = {}

    def note(self, name: str, pid: int, now: float) -> None:
        """Look at a process and its children, unless one ends meanwhile; `now` in seconds."""
        with suppress(FileNotFoundError, ProcessLookupError):
            self.add(name, pid, Look(now, Footprint.of_family(pid).memory))

    def add(self, name: str, pid: int, look: Look) -> None:
        """Add a look."""
        self._lives.setdefault((name, pid), Life(name, pid)).looks.append(look)

    def report(self) -> list[str]:
        """Return what was seen of each process that lived for long enough to have a slope, as a table."""
        rows = [
            f"{life.name:<14}{len(life.looks):>6}{life.looks[0].memory // 1024:>10}{life.looks[-1].memory // 1024:>10}"
            f"{life.slope() / 1024:>+12.1f}"
            for life in self._lives.values()
            if len(life.warm) >= WARM
        ]
        return [f"{'process':<14}{'looks':>6}{'first MB':>10}{'last MB':>10}{'MB an hour':>12}", *rows]

    def excesses(self) -> list[str]:
        """Return, in words, what grew too much."""
        lives = ((life.name, life.excess()) for life in self._lives.values())
        return [f"I6 {name}: {kb // 1024} MB more than it may have grown by" for name, kb in lives if kb]
