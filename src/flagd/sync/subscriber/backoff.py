"""Backoff: how long to wait before the next attempt, so that many who lost one server do not return at once."""

from __future__ import annotations

import random

LEAST_SECONDS = 0.5
MOST_SECONDS = 30.0


def backoff(attempts: int) -> float:
    """Return how long to wait after so many attempts in vain, in seconds: full jitter over a doubling range."""
    most = min(MOST_SECONDS, LEAST_SECONDS * 2.0 ** min(attempts + 1, 16))
    return random.uniform(LEAST_SECONDS, most)  # noqa: S311 - spreads load, keeps no secret
