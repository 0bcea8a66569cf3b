"""Awaited: changes that not every ready replica has acknowledged, and since when."""

from __future__ import annotations

DELIVERY_SECONDS = 2.0
"""How long a change may hold up statuses: a replica that does not answer must not do so forever."""


class Awaited:
    """By project. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def publish(self, project: str, seen: float) -> None:
        """Note that a change of `project` was published that was first seen at `seen`."""
        self._seen.setdefault(project, seen)

    def acknowledge(self, project: str, now: float) -> float | None:
        """Note that every ready replica serves it; return how long that took, None where nothing was awaited."""
        seen = self._seen.pop(project, None)
        return None if seen is None else now - seen

    def is_new(self, now: float, waiting: float | None) -> bool:
        """Return whether a change is on its way that has not been for long.

        `waiting` is when the first change was seen that is not published yet; None = there is none.
        """
        times = [*self._seen.values(), *([] if waiting is None else [waiting])]
        return now - max(times, default=float("-inf")) < DELIVERY_SECONDS
