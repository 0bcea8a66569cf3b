"""Reading: one of the operator's histograms, read before and after what is measured, never in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.cluster.unit import MILLISECONDS

if TYPE_CHECKING:
    from tests.cluster.processes import Operator

COMPILING = "flagoperator_reconcile_seconds"
ACKNOWLEDGED = "flagoperator_acknowledged_seconds"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an operator has counted so far.

    Attributes:
        seconds: all durations together.
        count: how many there were.
    """

    seconds: float
    count: float

    @classmethod
    def of(cls, operator: Operator, metric: str) -> Reading:
        """Ask."""
        return cls(operator.metric(f"{metric}_sum") or 0.0, operator.metric(f"{metric}_count") or 0.0)

    def mean(self, before: Reading) -> float:
        """Milliseconds of one duration since `before`.

        Raises:
            RuntimeError: there was none.
        """
        if self.count == before.count:
            raise RuntimeError("the operator counted nothing")
        return (self.seconds - before.seconds) / (self.count - before.count) * MILLISECONDS
