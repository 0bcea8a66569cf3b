"""Refusals: says in the log that deployment keys are refused. Names no key, and has one line a minute of each kind."""

from __future__ import annotations

import logging
import time
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)
SECONDS = 60.0
"""Least time between two lines of one kind."""


class Refusal(StrEnum):
    """What was shown."""

    NO_KEY = "no deployment key was shown, and one is required"
    WRONG_KEY = "a deployment key was shown that opens nothing: mistyped, revoked, or of a project that is not served"
    FOREIGN_KEY = "a deployment key was shown that belongs to another project"


class Refusals:
    """Counts, and logs now and then."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is in seconds and never goes back."""
        self._clock = clock
        self._untold: Counter[Refusal] = Counter()
        self._told: dict[Refusal, float] = {}

    def note(self, refusal: Refusal, project: str) -> None:
        """Note that a call was refused. `project` is the one that it named, if that is served; else empty."""
        self._untold[refusal] += 1
        now, told = self._clock(), self._told.get(refusal)
        if told is not None and now - told < SECONDS:
            return
        count, self._untold[refusal], self._told[refusal] = self._untold[refusal], 0, now
        where = f"project {project}" if project else "no project that is served was named"
        calls = "1 call" if count == 1 else f"{count} calls since the last such line"
        fields = {"fields": {"project": project}} if project else None
        log.warning("%s refused: %s (%s)", calls, refusal.value, where, extra=fields)
