"""Debounce: when a change is published: the first at once, a burst when it pauses, never late by more than a second."""

from __future__ import annotations

QUIET_SECONDS = 0.1
LONGEST_SECONDS = 1.0


class Debounce:
    """Decides from the times of changes. All times are seconds of one clock that never goes back."""

    def __init__(self) -> None:
        self._published = float("-inf")
        self._first: float | None = None
        self._last = float("-inf")

    def change(self, now: float) -> None:
        """Note that something changed."""
        self._last = now
        if self._first is None:
            self._first = now

    def publish(self, now: float) -> None:
        """Note that all changes so far are published; nothing if there was none: the next one is again a first."""
        if self._first is not None:
            self._published = now
        self._first = None

    @property
    def seen(self) -> float | None:
        """When the first change came that is not published; None if there is none."""
        return self._first

    @property
    def due(self) -> float | None:
        """When to publish; None while nothing has changed."""
        if self._first is None:
            return None
        if self._first - self._published > QUIET_SECONDS:
            return self._first
        return min(self._last + QUIET_SECONDS, self._first + LONGEST_SECONDS)
