"""Freshness: which projects a publisher has vouched for lately, and which wait for an update that cannot be taken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Freshness:
    """Remembers for every project when it was last known to be current."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Call a project late that nobody has vouched for in `seconds`."""
        self._seconds = seconds
        self._clock = clock
        self._vouched: dict[str, float] = {}
        self._heard = float("-inf")
        self._behind: set[str] = set()

    def is_behind(self, project: str) -> bool:
        """Whether there is an update that cannot be taken: what is served is not current, whoever vouches."""
        return project in self._behind

    def hear(self) -> None:
        """Record that the publisher who vouched last speaks, of whatever project: it still vouches for the rest."""
        self._heard = self._clock()

    def vouch(self, projects: Iterable[str]) -> list[str]:
        """Record that everything has been sent; return those of `projects` that are current."""
        current = [project for project in projects if project not in self._behind]
        self._vouched |= dict.fromkeys(current, self._clock())
        return current

    def fall_behind(self, project: str) -> None:
        """Record that there is an update that cannot be taken."""
        self._behind.add(project)

    def catch_up(self, project: str) -> None:
        """Record that the latest update was taken."""
        self._behind.discard(project)
        self._vouched[project] = self._clock()

    def forget(self, project: str) -> None:
        """Record that the project is gone."""
        self._behind.discard(project)
        self._vouched.pop(project, None)

    def late(self, projects: Iterable[str]) -> list[str]:
        """Return those of `projects` that nobody has vouched for lately; one not heard of before counts from now."""
        now = self._clock()
        return [project for project in projects if self._known(project, now) < now - self._seconds]

    def _known(self, project: str, now: float) -> float:
        vouched = self._vouched.setdefault(project, now)
        return vouched if project in self._behind else max(vouched, self._heard)
