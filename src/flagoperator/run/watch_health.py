"""WatchHealth: whether the watch reports what lists find. One that does not is dead, whatever it claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DEAF_SECONDS = 5.0
"""How long after a list that knew more the watch may still report the same before it is taken for dead."""


class WatchHealth:
    """What one watch reported, and what it should have reported. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def told(self, kind: str, now: float) -> None:
        """Note that the watch reported something about `kind`."""
        self._told[kind] = now
        self._due.pop(kind, None)

    def listed(self, kinds: Iterable[str], started: float, now: float) -> None:
        """Note that a list, started at `started`, knew more than the watch had reported of `kinds`."""
        for kind in kinds:
            if self._told.get(kind, float("-inf")) < started:
                self._due.setdefault(kind, now + DEAF_SECONDS)

    @property
    def due(self) -> float:
        """When the watch is to be judged next; infinity if nothing speaks against it."""
        return min(self._due.values(), default=float("inf"))

    def deaf(self, now: float) -> list[str]:
        """Return the kinds of which the watch should have reported something by now."""
        return sorted(kind for kind, due in self._due.items() if due <= now)
