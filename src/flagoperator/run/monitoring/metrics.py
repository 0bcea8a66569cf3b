"""Metrics: what the operator counts. Plain numbers; how they are shown is the collector's business."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.metrics import Histogram

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


GONE_PROJECTS = 1000
"""Projects that are gone and are still counted by name; those before them are counted together."""
OTHER = "_other"


@dataclass(slots=True)
class OperatorMetrics:
    """What one operator counts, apart from what can be read from its parts.

    Attributes:
        relists: durations of complete lists of the cluster.
        relist_failures: lists that failed.
        relist_differences: resources of which a list knew more than the watch had reported.
        unreadable: why not, in the API server's words, by the namespace that may not be read.
        relisted_at: when the last complete list ended, in seconds since 1970; 0 before the first.
        watch_events: events that the watch reported, by kind.
        watch_restarts: how often the watch was restarted.
        reconciles: durations of compiling what changed.
        publishes: changes that were published, by project.
        acknowledged: durations from the change being seen to every ready replica serving it.
        crds_outdated: how many CRDs are of an older release than the operator; None = not known.
        reviews: tokens of subscribers that the API server was asked about, by result.
        transitions: what rollouts did, by the phase that it led to and the reason.
        fetches: looks at lists of ids, by source and result: ``read``, ``unchanged``, ``refused``, ``failed``.
        queries: what Prometheus was asked for guards, by result: ``number``, ``error``.
    """

    relists: Histogram = field(default_factory=Histogram)
    relist_failures: int = 0
    relist_differences: int = 0
    unreadable: Mapping[str, str] = field(default_factory=dict)
    relisted_at: float = 0.0
    watch_events: Counter[str] = field(default_factory=Counter)
    watch_restarts: int = 0
    reconciles: Histogram = field(default_factory=Histogram)
    publishes: Counter[str] = field(default_factory=Counter)
    acknowledged: Histogram = field(default_factory=Histogram)
    crds_outdated: int | None = None
    reviews: Counter[str] = field(default_factory=Counter)
    transitions: Counter[tuple[str, str]] = field(default_factory=Counter)
    fetches: Counter[tuple[str, str]] = field(default_factory=Counter)
    queries: Counter[str] = field(default_factory=Counter)

    def count_publish(self, project: str, present: Collection[str]) -> None:
        """Count a change of `project`; `present` are the projects that there are."""
        self.publishes[project] += 1
        gone = [each for each in self.publishes if each not in present and each not in (OTHER, project)]
        for each in gone[:-GONE_PROJECTS]:
            self.publishes[OTHER] += self.publishes.pop(each)
