"""Guard: a number that must stay within bounds while a percentage rises, and what happens when it does not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


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
        query: PromQL that gives one number.
        most: above it a measurement has failed; None = no such bound.
        least: below it a measurement has failed; None = no such bound.
        interval: seconds from one measurement to the next.
        failure_limit: how many failed measurements in a row are borne.
        error_limit: how many measurements in a row may give no number before the run pauses.
        no_data_fails: whether a query that gives no number has failed; otherwise it says nothing.
        reaction: what follows after too many failures; Report holds nothing up.
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

    def has_failed(self, measurement: Measurement) -> bool:
        """Return whether `measurement` is out of bounds."""
        value = measurement.value
        if value is None:
            return measurement.is_empty and self.no_data_fails
        return (self.most is not None and value > self.most) or (self.least is not None and value < self.least)

    def worst(self, measurements: Sequence[Measurement]) -> Measurement:
        """Return the one of `measurements`, of which there is one at least, by which the guard is judged."""
        failed = [each for each in measurements if self.has_failed(each)]
        return next(iter(failed or [each for each in measurements if each.value is None] or measurements))


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a guard's query gave.

    Attributes:
        at: seconds since 1970 at which it was asked.
        value: the number; None where there is none.
        trouble: why there is none, one line.
        is_empty: whether the query was answered, with nothing or with what is not a number.
    """

    at: float
    value: float | None = None
    trouble: str = ""
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one guard in a run. Only its failures make a state another: numbers come every minute.

    Attributes:
        name: of the guard.
        failures: failed measurements in a row, counted to one more than are borne.
        errors: measurements in a row that gave no number, counted likewise.
        last: the newest measurement; None before the first.
    """

    name: str
    failures: int = 0
    errors: int = field(default=0, compare=False)
    last: Measurement | None = field(default=None, compare=False)

    def after(self, guard: Guard, measurement: Measurement) -> Evidence:
        """Return the evidence with one more measurement. One that gives no number ends no row of failures."""
        found = replace(self, last=measurement)
        if guard.has_failed(measurement):
            return replace(found, failures=min(self.failures, guard.failure_limit) + 1, errors=0)
        if measurement.value is None:
            return replace(found, errors=min(self.errors, guard.error_limit) + 1)
        return replace(found, failures=0, errors=0)

    def is_good(self, since: float) -> bool:
        """Return whether the newest measurement was taken after `since` and is within bounds."""
        return self.last is not None and self.last.at > since and not self.failures and not self.errors
