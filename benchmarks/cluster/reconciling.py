"""Reconciling: how long the operator compiled, by its own metric; asked for before and after, never in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cluster.processes import Operator

METRIC = "flagoperator_reconcile_seconds"
MILLISECONDS = 1e3


@dataclass(frozen=True, slots=True)
class Reconciling:
    """What an operator has done so far.

    Attributes:
        seconds: that it compiled.
        count: how often.
    """

    seconds: float
    count: float

    @classmethod
    def of(cls, operator: Operator) -> Reconciling:
        """Ask."""
        return cls(operator.metric(f"{METRIC}_sum") or 0.0, operator.metric(f"{METRIC}_count") or 0.0)

    def mean(self, before: Reconciling) -> float:
        """Milliseconds for one time since `before`."""
        return (self.seconds - before.seconds) / max(1.0, self.count - before.count) * MILLISECONDS
