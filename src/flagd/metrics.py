"""Metrics: what flagd counts. Plain numbers, cheap to raise; how they are shown is the collector's business.

Labels are bounded: projects, flags and variants are those of rulesets, never what a caller sent.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flagd.manifest import ResourceRef

LATENCY_BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the latency buckets, in seconds."""
SERIES = 50_000
"""Most combinations of project, flag, variant and reason that are counted one by one."""
SEGMENTS = 1000
"""Most segments of one combination that are counted one by one; a flag has no more at a time."""
LAGS = 30
"""Measurements of the event loop's lag that are kept: those of the last 15 seconds."""
OTHER = "_other"
"""Label of what is counted together beyond that."""


class Count:
    """One number that only grows."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


class Series:
    """Answers with the same labels, counted by the segment that decided and the arm of its run, if it has one."""

    __slots__ = ("parts",)

    def __init__(self) -> None:
        self.parts: dict[tuple[str, str], Count] = {}

    @property
    def count(self) -> int:
        """All of them."""
        return sum(each.count for each in list(self.parts.values()))

    def of(self, segment: str, arm: str = "") -> Count:
        """Return the number of answers by `segment` to users of `arm`, to be raised by the caller."""
        part = segment, arm
        if part not in self.parts and len(self.parts) >= SEGMENTS:
            part = OTHER, arm
        return self.parts.setdefault(part, Count())

    def by(self, segments: Collection[str]) -> int:
        """Return how many answers there were by `segments`."""
        return sum(each.count for (segment, _), each in list(self.parts.items()) if segment in segments)

    def to(self, arm: str) -> int:
        """Return how many answers there were to users of `arm`."""
        return sum(each.count for (_, its_arm), each in list(self.parts.items()) if its_arm == arm)


class Histogram:
    """Durations in seconds: how many fell into each bucket, and their sum."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(LATENCY_BOUNDS) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect_left(LATENCY_BOUNDS, seconds)] += 1
        self.total += seconds


@dataclass(slots=True)
class Metrics:
    """All that one process counts.

    Attributes:
        evaluations: answers given, by project, flag, variant and reason.
        unknown_flags: answers that a flag is not known, by project.
        calls: durations by method path and status name; of streams, how long they lived.
        in_flight: calls running, open streams included.
        reloads: attempts to read a source, by result: ``changed``, ``unchanged``, ``failed``.
        rejected: resources of the current manifests that are kept out or at their last good form, by project.
        broken: the same resources by name, sorted.
        held: resources that are gone from the manifests as by accident, and are served on.
        updates: what publishers sent, by what was made of it: ``applied``, ``refused``, ``oversize``, ``passed over``.
        publishers: streams to replicas of the operator that are open.
        state_errors: failures to write or read the last good ruleset on disk.
        restarts: how often a part of flagd was restarted, by its name.
        accepting: whether the evaluation port accepts connections.
        loop_lags: by how many seconds the event loop was late, over the last measurements.
    """

    evaluations: dict[tuple[str, str, str, str], Series] = field(default_factory=dict)
    unknown_flags: Counter[str] = field(default_factory=Counter)
    calls: dict[tuple[str, str], Histogram] = field(default_factory=dict)
    in_flight: int = 0
    reloads: Counter[str] = field(default_factory=Counter)
    rejected: dict[str, int] = field(default_factory=dict)
    broken: Sequence[ResourceRef] = ()
    held: int = 0
    updates: Counter[str] = field(default_factory=Counter)
    publishers: int = 0
    state_errors: int = 0
    restarts: Counter[str] = field(default_factory=Counter)
    accepting: bool = True
    loop_lags: deque[float] = field(default_factory=lambda: deque(maxlen=LAGS))

    def evaluation(
        self, project: str, flag: str, variant: str, reason: str, segment: str = "", *, arm: str = ""
    ) -> Count:
        """Return the number of answers with these labels by `segment` and `arm`, to be raised by the caller."""
        labels = (project, flag, variant, reason)
        if labels not in self.evaluations and len(self.evaluations) >= SERIES:
            labels = (OTHER, OTHER, OTHER, OTHER)
        return self.evaluations.setdefault(labels, Series()).of(segment, arm)

    def call(self, method: str, status: str, seconds: float) -> None:
        """Count one finished call."""
        histogram = self.calls.get((method, status))
        if histogram is None:
            histogram = self.calls[method, status] = Histogram()
        histogram.observe(seconds)
