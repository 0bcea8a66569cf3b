"""AckDeadline: how long a subscriber may owe an answer. Who is gone without a word must not be waited for."""

from __future__ import annotations

SILENCE_SECONDS = 24.0
"""Silence after which a subscriber that owes an answer is given up. With heartbeats: 40 s after it went."""
LEAST_RATE = 16 * 1024
"""Slowest link that is waited for, in bytes a second: what is on its way takes its time."""


class AckDeadline:
    """One per stream. Times are in seconds of any clock that does not go back."""

    def __init__(self, silence: float = SILENCE_SECONDS) -> None:
        self._silence = silence
        self._since: float | None = None
        self._bytes = 0

    @property
    def deadline(self) -> float:
        """When it ends; infinity while nothing is owed."""
        return float("inf") if self._since is None else self._since + self._silence + self._bytes / LEAST_RATE

    def ask(self, now: float, size: int = 0) -> None:
        """Record that something is sent that must be answered, of `size` bytes."""
        if self._since is None:
            self._since = now
        self._bytes += size

    def hear(self, now: float, *, owing: bool) -> None:
        """Record a sign of life; `owing` = whether there is still something to be answered."""
        self._since = now if owing else None
        if not owing:
            self._bytes = 0
