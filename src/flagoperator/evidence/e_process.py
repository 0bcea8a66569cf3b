"""E-process: evidence that the treated fail more often than control, which may be looked at as often as one likes.

Of the failures of an interval, those of the treated are binomial: each is one of theirs with θ(r) = n1·r/(n1·r + n0),
where n1 and n0 are the attempts of both and r is the ratio of their rates. E multiplies up how much better ratios
above the margin explain that than the margin itself, averaged over a few such ratios. As long as the true ratio is at
most the margin, E reaches 1/α in at most a share α of runs, however often it is looked at (Ville's inequality).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagoperator.evidence.counts import Counts

RATIOS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0)
"""Ratios that are tried, as multiples of the margin; each counts the same."""


@dataclass(frozen=True, slots=True)
class EProcess:
    """The evidence so far.

    Attributes:
        margin: ratio of rates up to which there is no harm.
        logs: for each of RATIOS the logarithm of its product.
    """

    margin: float
    logs: tuple[float, ...] = (0.0,) * len(RATIOS)

    def after(self, counts: Counts) -> EProcess:
        """Return the evidence with `counts` of one more interval; without failures or a group they say nothing."""
        failures = counts.treated_failures + counts.control_failures
        if not failures or not counts.treated or not counts.control:
            return self
        terms = _terms(counts.treated * self.margin, counts.control)
        logs = tuple(
            log + counts.treated_failures * gain + failures * loss
            for log, (gain, loss) in zip(self.logs, terms, strict=True)
        )
        return replace(self, logs=logs)

    def reaches(self, limit: float) -> bool:
        """Return whether E is at `limit` or above."""
        wanted = math.log(limit)
        return max(self.logs) >= wanted and self.log >= wanted  # no mean is above all of which it is one

    @property
    def log(self) -> float:
        """The natural logarithm of E."""
        top = max(self.logs)
        return top + math.log(sum(math.exp(each - top) for each in self.logs) / len(self.logs))

    @property
    def value(self) -> float:
        """E; as large as a float gets where it is larger."""
        return math.exp(min(self.log, 700.0))


@lru_cache(maxsize=256)
def _terms(borne: float, control: float) -> tuple[tuple[float, float], ...]:
    """Return for each of RATIOS what one failure of the treated adds to its logarithm, and what any failure adds.

    `borne` is how often the treated fail at the margin where control fails `control` times.
    """
    return tuple((math.log(ratio), math.log((borne + control) / (borne * ratio + control))) for ratio in RATIOS)
