"""Comparer: has Prometheus asked for the counters of comparisons, and tells by how much they have grown.

What was counted is not lost: where the sample before is not at hand, as after a restart, Prometheus is asked for it as
it was then, and for some in between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagoperator.prometheus.growth import Samples, growth
from flagoperator.prometheus.reading import NoAnswer
from flagoperator.prometheus.sample import ARM
from flagoperator.rollout.guards.comparison import Look
from flagoperator.rollout.moment import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.manifest import ResourceRef
    from flagoperator.prometheus.client import Prometheus
    from flagoperator.prometheus.sample import Series
    from flagoperator.rollout.guards.comparison import Comparison

MOST_PIECES = 12
"""Looks at the time since the one before, where it was long ago."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be compared.

    Attributes:
        ref: the flag.
        key: what it is asked by.
        guard: name of the guard.
        comparison: its counters.
        interval: seconds from one look to the next.
    """

    ref: ResourceRef
    key: str
    guard: str
    comparison: Comparison
    interval: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        looks: one, or a few where the last one was long ago.
        remark: which series count for nothing this time, in words; empty where all count.
    """

    looks: tuple[Look, ...]
    remark: str = ""


class Comparer:
    """One per client of Prometheus."""

    def __init__(self, prometheus: Prometheus) -> None:
        self._prometheus = prometheus
        self._held: dict[tuple[ResourceRef, str], Samples] = {}

    def keep(self, refs: Iterable[ResourceRef]) -> None:
        """Forget the samples of all flags but these."""
        kept = frozenset(refs)
        for gone in [each for each in self._held if each[0] not in kept]:
            del self._held[gone]

    async def look(self, question: Question, until: float | None) -> Finding:
        """Return what was counted since `until`, by the clock of Prometheus; None = this is the first look.

        Raises:
            NoAnswer: Prometheus gave nothing to go by.
        """
        place = question.ref, question.guard
        now = await self._now(question)
        if until is None:
            self._held[place] = now
            return Finding((Look(now.at),))
        held = self._held.get(place)
        before = held if held is not None and held.at == until else await self._then(question, until)
        if now.at <= before.at:
            raise NoAnswer(f"Prometheus says it is {moment(now.at)}, and said {moment(before.at)} at the look before")
        looks: list[Look] = []
        remarks: dict[str, None] = {}
        for at in _between(before.at, now.at, question.interval):
            after = now if at == now.at else await self._then(question, at)
            grown = growth(before, after)
            looks.append(Look(at, grown.counts))
            remarks |= dict.fromkeys([grown.remark] if grown.remark else [])
            before = after
        self._held[place] = now
        return Finding(tuple(looks), ", ".join(remarks))

    async def _now(self, question: Question) -> Samples:
        attempts = await self._prometheus.sample(question.comparison.attempts, question.key, question.ref.namespace)
        if not attempts.series:
            trouble = f"no data: no series of attempts has the label {ARM}; count by the arm that flagd answers"
            raise NoAnswer(trouble, is_empty=True)
        failures = await self._failures(question, attempts.at)
        return Samples(attempts.at, attempts.series, failures)

    async def _then(self, question: Question, at: float) -> Samples:
        ask, namespace = self._prometheus.sample, question.ref.namespace
        attempts = await ask(question.comparison.attempts, question.key, namespace, at)
        return Samples(at, attempts.series, await self._failures(question, at))

    async def _failures(self, question: Question, at: float) -> Series:
        sample = await self._prometheus.sample(question.comparison.failures, question.key, question.ref.namespace, at)
        return sample.series


def _between(start: float, end: float, interval: int) -> list[float]:
    """Return when to look between `start` and `end`, which is the last one."""
    pieces = max(1, min(MOST_PIECES, math.floor((end - start) / interval)))
    return [*(start + (end - start) * each / pieces for each in range(1, pieces)), end]
