"""Backoff: how long to wait before the next attempt at what failed."""

from __future__ import annotations

import random
from dataclasses import dataclass

_MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double. Who waits counts the failures in succession, and starts over after a success.

    Attributes:
        first: seconds after the first failure.
        longest: seconds that no wait is longer than.
    """

    first: float
    longest: float

    def seconds(self, failures: int) -> float:
        """Return how long to wait after so many failures in succession, at least 1."""
        return min(self.longest, self.first * 2.0 ** min(failures - 1, _MOST_DOUBLINGS))

    def spread(self, failures: int) -> float:
        """Return a wait between `first` and twice what is due, by chance: who lost one server return one by one."""
        return random.uniform(self.first, self.seconds(failures + 1))  # noqa: S311 - spreads load, keeps no secret
