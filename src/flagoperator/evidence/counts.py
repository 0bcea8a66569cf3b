"""Counts: attempts and failures of the treated and of those in control, in one interval or in many."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """All four are at least 0.

    Attributes:
        treated: attempts of users whom the run let in.
        treated_failures: those of them that failed.
        control: attempts of users whom it has not let in yet.
        control_failures: those of them that failed.
    """

    treated: float = 0.0
    treated_failures: float = 0.0
    control: float = 0.0
    control_failures: float = 0.0

    def __add__(self, other: Counts) -> Counts:
        """Return both together."""
        return Counts(
            self.treated + other.treated,
            self.treated_failures + other.treated_failures,
            self.control + other.control,
            self.control_failures + other.control_failures,
        )

    @property
    def fewest(self) -> float:
        """Attempts in the smaller of the two groups."""
        return min(self.treated, self.control)

    @property
    def ratio(self) -> float | None:
        """How many times as often the treated fail; None where it cannot be said yet."""
        if not (self.treated and self.control and self.control_failures):
            return None
        return (self.treated_failures / self.treated) / (self.control_failures / self.control)
