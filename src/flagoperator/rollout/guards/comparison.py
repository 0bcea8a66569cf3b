"""Comparison: a guard that compares the treated with control, and what is known of it in a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flagoperator.evidence.counts import Counts
from flagoperator.evidence.e_process import EProcess

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_COUNTS = Counts()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared.

    Attributes:
        failures: PromQL selector of a counter of failures, labelled by arm.
        attempts: the same of all attempts.
        margin: how many times as often the treated may fail.
        min_attempts: what each arm must have before the guard is good.
    """

    failures: str
    attempts: str
    margin: float = 1.2
    min_attempts: int = 1000

    def counts_as(self, other: Comparison) -> bool:
        """Return whether evidence for `other` is evidence for this one."""
        return (self.failures, self.attempts, self.margin) == (other.failures, other.attempts, other.margin)


@dataclass(frozen=True, slots=True)
class Look:
    """What was counted from one look to the next.

    Attributes:
        until: seconds since 1970, by the clock of Prometheus, at which the counters were read.
        counts: by how much they had grown since the look before; nothing at the first.
    """

    until: float
    counts: Counts = NO_COUNTS


@dataclass(frozen=True, slots=True)
class Compared:
    """What is known of a comparison. It goes through all steps of a run; an edit of the flag begins it again.

    Attributes:
        process: the evidence of harm.
        counts: all that was counted.
        until: seconds since 1970, by the clock of Prometheus, up to which it was; None before the first look.
        restarts: how often it was restarted in this run.
    """

    process: EProcess
    counts: Counts = NO_COUNTS
    until: float | None = None
    restarts: int = 0

    @property
    def price(self) -> int:
        """How many times the limit E must reach: what begins again and again would find something at last."""
        return self.restarts * (self.restarts + 1) or 1

    def after(self, looks: Iterable[Look]) -> Compared:
        """Return it with those of `looks` taken in that are news."""
        found = self
        for each in looks:
            if found.until is None or each.until > found.until:
                counts = found.counts + each.counts
                found = replace(found, process=found.process.after(each.counts), counts=counts, until=each.until)
        return found

    def restarted(self, *, edited: bool) -> Compared:
        """Return it without anything that was counted, at a higher price.

        What comes after an `edited` flag is counted from the next look on; else from where it was counted up to.
        """
        until = None if edited else self.until
        return Compared(EProcess(self.process.margin), until=until, restarts=self.restarts + 1)
