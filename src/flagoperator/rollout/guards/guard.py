"""Guard: a number that must stay within bounds while a percentage rises, and what happens when it does not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from flagoperator.evidence.e_process import EProcess
from flagoperator.rollout.guards.comparison import Compared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagoperator.rollout.guards.comparison import Comparison, Look


class Reaction(StrEnum):
    """What follows when a guard has failed more often than is borne."""

    ROLLBACK = "Rollback"
    PAUSE = "Pause"
    REPORT = "Report"


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard of a plan.

    Attributes:
        name: unique in the plan.
        query: PromQL that gives one number; empty where it compares.
        most: above it a measurement has failed; None = no such bound.
        least: below it a measurement has failed; None = no such bound.
        interval: seconds from one measurement to the next.
        failure_limit: how many failed measurements in a row are borne.
        error_limit: how many measurements in a row may give no number before the run pauses.
        no_data_fails: whether a query that gives no number has failed; otherwise it says nothing.
        reaction: what follows after too many failures; Report holds nothing up.
        comparison: what it compares instead; None = it measures.
    """

    name: str
    query: str
    most: float | None = None
    least: float | None = None
    interval: int = 60
    failure_limit: int = 0
    error_limit: int = 4
    no_data_fails: bool = False
    reaction: Reaction = Reaction.ROLLBACK
    comparison: Comparison | None = None

    def has_failed(self, measurement: Measurement) -> bool:
        """Return whether `measurement` is out of bounds; one of a comparison alone never is."""
        value = measurement.value
        if value is None:
            return measurement.is_empty and self.no_data_fails
        return (self.most is not None and value > self.most) or (self.least is not None and value < self.least)

    def measures_as(self, other: Guard) -> bool:
        """Return whether what `other` has measured holds for this one: of comparisons, that they compare the same."""
        if self.comparison is None or other.comparison is None:
            return self == other
        return self.comparison.counts_as(other.comparison)

    def worst(self, measurements: Sequence[Measurement]) -> Measurement:
        """Return the one of `measurements`, of which there is one at least, by which the guard is judged."""
        failed = [each for each in measurements if self.has_failed(each)]
        return next(iter(failed or [each for each in measurements if each.value is None] or measurements))


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a guard's query gave.

    Attributes:
        at: seconds since 1970 at which it was asked.
        value: the number; None where there is none, as before a comparison has taken its looks in.
        trouble: why there is none, one line.
        is_empty: whether the query was answered, with nothing or with what is not a number.
        looks: what a comparison counted since those that were taken in.
        missed: those before it that nobody looked at, the oldest first; all have a value.
    """

    at: float
    value: float | None = None
    trouble: str = ""
    is_empty: bool = False
    looks: tuple[Look, ...] = ()
    missed: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one guard in a run. Only its failures make a state another: numbers come every minute.

    Attributes:
        name: of the guard.
        failures: failed measurements in a row, counted to one more than are borne.
        errors: measurements in a row that gave no number, counted likewise.
        last: the newest measurement; None before the first. Of a comparison its number is E.
        compared: what is known of a comparison; None before the first look, and of what measures.
    """

    name: str
    failures: int = 0
    errors: int = field(default=0, compare=False)
    last: Measurement | None = field(default=None, compare=False)
    compared: Compared | None = field(default=None, compare=False)

    def after(self, guard: Guard, measurement: Measurement, limit: float) -> Evidence:
        """Return the evidence with one more measurement. One that gives no number ends no row of failures.

        `limit` is that of E before its price, where `guard` compares.
        """
        if guard.comparison is not None:
            return self._compared(guard, guard.comparison, measurement, limit)
        found = replace(self, last=measurement)
        if guard.has_failed(measurement):
            return replace(found, failures=min(self.failures, guard.failure_limit) + 1, errors=0)
        if measurement.value is None:
            return replace(found, errors=min(self.errors, guard.error_limit) + 1)
        return replace(found, failures=0, errors=0)

    def is_good(self, guard: Guard, since: float) -> bool:
        """Return whether the newest measurement was taken after `since` and is within bounds."""
        if self.last is None or self.last.at <= since or self.failures or self.errors:
            return False
        if guard.comparison is None:
            return True
        return self.compared is not None and self.compared.counts.fewest >= guard.comparison.min_attempts

    @property
    def price_again(self) -> int:
        """How many restarts stand behind a comparison that takes the place of this one."""
        return 0 if self.compared is None else self.compared.restarts + 1

    def restarted(self, *, edited: bool) -> Evidence:
        """Return it as it is when what was measured counts no longer: the newest is known, so that it is not news.

        A comparison counts what comes after an `edited` flag from its next look on.
        """
        compared = None if self.compared is None else self.compared.restarted(edited=edited)
        return Evidence(self.name, last=self.last, compared=compared)

    def _compared(self, guard: Guard, comparison: Comparison, measurement: Measurement, limit: float) -> Evidence:
        before = self.compared or Compared(EProcess(comparison.margin))
        compared = before.after(measurement.looks)
        failures = int(compared.process.reaches(limit * compared.price))
        found = replace(self, compared=compared, failures=failures, last=replace(measurement, looks=()))
        if measurement.trouble:
            return replace(found, errors=min(self.errors, guard.error_limit) + 1)
        return replace(found, errors=0, last=replace(measurement, looks=(), value=compared.process.value))
