"""Growth: by how much the counters of both arms have grown from one sample to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagoperator.evidence.counts import Counts
from flagoperator.prometheus.reading import NoAnswer
from flagoperator.prometheus.sample import ARM, CONTROL, TREATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagoperator.prometheus.sample import Series


@dataclass(frozen=True, slots=True)
class Samples:
    """Both counters of a comparison at one moment.

    Attributes:
        at: seconds since 1970 by the clock of Prometheus.
        attempts: those that were made.
        failures: those of them that failed.
    """

    at: float
    attempts: Series
    failures: Series


@dataclass(frozen=True, slots=True)
class Growth:
    """What came between two samples.

    Attributes:
        counts: what the series that are in both have grown by.
        remark: which series count for nothing this time, in words; empty where all count.
    """

    counts: Counts
    remark: str = ""


def growth(before: Samples, after: Samples) -> Growth:
    """Return what came between. A series that is new, or fell, adds nothing: nobody knows since when it counts.

    Raises:
        NoAnswer: more attempts failed than were made.
    """
    attempts, failures = _grown(before.attempts, after.attempts), _grown(before.failures, after.failures)
    for arm in (TREATED, CONTROL):
        if failures[arm] > attempts[arm]:
            raise NoAnswer(
                f"{failures[arm]:g} of {attempts[arm]:g} attempts of {arm} failed; attempts must count failed ones too"
            )
    counts = Counts(attempts[TREATED], failures[TREATED], attempts[CONTROL], failures[CONTROL])
    return Growth(counts, ", ".join(_remarks(before, after)))


def _grown(before: Series, after: Series) -> dict[str, float]:
    grown = {TREATED: 0.0, CONTROL: 0.0}
    for labels, value in after.items():
        known = before.get(labels)
        if known is not None and value >= known:
            grown[dict(labels)[ARM]] += value - known
    return grown


def _remarks(before: Samples, after: Samples) -> Iterator[str]:
    pairs = {"attempts": (before.attempts, after.attempts), "failures": (before.failures, after.failures)}
    for name, (old, new) in pairs.items():
        added = len(new.keys() - old.keys())
        fell = sum(value < old.get(labels, 0.0) for labels, value in new.items())
        if added:
            yield f"{added} series of {name} are new: they count from the next look"
        if fell:
            yield f"{fell} series of {name} fell: they count from the next look"
