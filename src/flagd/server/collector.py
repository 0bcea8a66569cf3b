"""Collector: the metrics in Prometheus' text format, made when they are asked for."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from flagd.engine.variant import ROLLOUT_ARM, Arm
from flagd.process.log import current_outlet
from flagd.process.metrics_page import broken_resources, cumulative
from flagd.rpc.capacity import Capacity
from flagd.ruleset.census import Census
from flagd.sync.publisher import Subscribers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from flagd.metrics import Metrics
    from flagd.store import Store
    from flagd.tracking import Tracking


class FlagdCollector(Collector):
    """The metrics of one flagd."""

    def __init__(
        self,
        metrics: Metrics,
        store: Store,
        subscribers: Subscribers | None = None,
        capacity: Capacity | None = None,
        tracking: Tracking | None = None,
    ) -> None:
        self._tracking = tracking
        self._metrics = metrics
        self._capacity = capacity or Capacity()
        self._store = store
        self._subscribers = subscribers or Subscribers()
        self._census = Census()

    def collect(self) -> Iterator[Metric]:
        """Yield every family, as of now."""
        yield from self._evaluations()
        yield from self._calls()
        yield from self._held()
        yield from self._parts()
        yield from self._loop()
        yield from self._rulesets()
        yield from self._sources()
        yield from self._streams()
        yield from self._events()

    def _evaluations(self) -> Iterator[Metric]:
        evaluations = CounterMetricFamily(
            "flagd_evaluations", "Answers given.", labels=["project", "flag", "variant", "reason"]
        )
        for labels, series in list(self._metrics.evaluations.items()):
            evaluations.add_metric(labels, series.count)
        yield evaluations
        yield self._arms()
        unknown = CounterMetricFamily(
            "flagd_unknown_flags", "Answers that a flag is not known to the caller.", labels=["project"]
        )
        for project, count in list(self._metrics.unknown_flags.items()):
            unknown.add_metric([project], count)
        yield unknown

    def _arms(self) -> Metric:
        counts: Counter[tuple[str, str, str]] = Counter()
        for (project, flag, _variant, _reason), series in list(self._metrics.evaluations.items()):
            for arm in Arm:
                counts[project, flag, arm] += series.to(arm)
        answers = CounterMetricFamily(
            "flagd_rollout_evaluations",
            "Answers to users whom the run of a flag has let in, and to those whom it has not yet.",
            labels=["project", "flag", ROLLOUT_ARM],
        )
        for labels, count in counts.items():
            if count:
                answers.add_metric(labels, count)
        return answers

    def _calls(self) -> Iterator[Metric]:
        durations = HistogramMetricFamily(
            "flagd_rpc_duration_seconds", "Time from the request to the last reply.", labels=["method", "code"]
        )
        for labels, histogram in list(self._metrics.calls.items()):
            durations.add_metric(labels, cumulative(histogram), histogram.total)
        yield durations
        yield GaugeMetricFamily(
            "flagd_rpc_in_flight", "Calls running, open streams included.", value=self._metrics.in_flight
        )

    def _held(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "flagd_held_bytes", "Memory that calls hold, open streams included.", value=self._capacity.held
        )
        yield GaugeMetricFamily(
            "flagd_held_bytes_limit", "Memory that calls may hold; more are refused.", value=self._capacity.limit
        )
        refused = CounterMetricFamily("flagd_calls_refused", "Calls refused for lack of room.", labels=["limit"])
        for limit, count in list(self._capacity.refused.items()):
            refused.add_metric([limit], count)
        yield refused

    def _parts(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "flagd_accepting", "1 while the evaluation port accepts connections.", value=self._metrics.accepting
        )
        restarts = CounterMetricFamily("flagd_part_restarts", "Parts of flagd that were restarted.", labels=["part"])
        for part, count in list(self._metrics.restarts.items()):
            restarts.add_metric([part], count)
        yield restarts
        outlet = current_outlet()
        dropped = 0 if outlet is None else outlet.dropped
        yield CounterMetricFamily(
            "flagd_log_dropped", "Lines of log dropped because nothing read them in time.", value=dropped
        )

    def _events(self) -> Iterator[Metric]:
        sent, dropped = (self._tracking.sent, self._tracking.dropped) if self._tracking else (0, 0)
        yield CounterMetricFamily("flagd_events_sent", "Exposure and assignment events that the sink took.", value=sent)
        yield CounterMetricFamily(
            "flagd_events_dropped", "Events that the sink refused or did not take in time.", value=dropped
        )

    def _loop(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "flagd_event_loop_lag_seconds",
            "Longest time that the event loop was late, over the last 15 seconds.",
            value=max(self._metrics.loop_lags.copy(), default=0.0),
        )

    def _rulesets(self) -> Iterator[Metric]:
        info = GaugeMetricFamily("flagd_ruleset_info", "The revision served.", labels=["project", "revision"])
        age = GaugeMetricFamily(
            "flagd_ruleset_age_seconds", "Time since the ruleset was last known to be current.", labels=["project"]
        )
        stale = GaugeMetricFamily("flagd_ruleset_stale", "1 while the source is out of touch.", labels=["project"])
        size = GaugeMetricFamily("flagd_ruleset_flags", "Flags served, groups included.", labels=["project"])
        flags = GaugeMetricFamily(
            "flagd_served_flags", "Flags that callers can ask for, without groups.", labels=["project"]
        )
        snapshots = self._store.snapshots
        counts = self._census.count_all({project: one.ruleset for project, one in snapshots.items()})
        now = time.time()
        for project, snapshot in snapshots.items():
            info.add_metric([project, snapshot.revision], 1)
            age.add_metric([project], max(0.0, now - snapshot.as_of))
            stale.add_metric([project], snapshot.stale)
            size.add_metric([project], len(snapshot.ruleset.flags))
            flags.add_metric([project], counts[project].flags)
        yield from (info, age, stale, size, flags)

    def _sources(self) -> Iterator[Metric]:
        reloads = CounterMetricFamily("flagd_reloads", "Attempts to read the source.", labels=["result"])
        for result, count in list(self._metrics.reloads.items()):
            reloads.add_metric([result], count)
        yield reloads
        rejected = GaugeMetricFamily(
            "flagd_rejected_resources", "Resources kept out, or at their last good form.", labels=["project"]
        )
        for project, count in list(self._metrics.rejected.items()):
            rejected.add_metric([project], count)
        yield rejected
        yield broken_resources("flagd_broken_resource", self._metrics.broken)
        yield GaugeMetricFamily(
            "flagd_held_resources",
            "Resources that seem to be gone by accident, and are still served.",
            value=self._metrics.held,
        )
        yield CounterMetricFamily(
            "flagd_state_errors", "Failures to keep or read the last good ruleset.", value=self._metrics.state_errors
        )

    def _streams(self) -> Iterator[Metric]:
        updates = CounterMetricFamily(
            "flagd_updates", "Updates that publishers sent, by what was made of them.", labels=["result"]
        )
        for result, count in list(self._metrics.updates.items()):
            updates.add_metric([result], count)
        yield updates
        yield GaugeMetricFamily(
            "flagd_publishers", "Streams open to replicas of the operator.", value=self._metrics.publishers
        )
        subscribers = GaugeMetricFamily(
            "flagd_subscribers", "Streams open on the ruleset port, by role.", labels=["role"]
        )
        for role, count in Counter(one.role for one in self._subscribers.streams).items():
            subscribers.add_metric([role], count)
        yield subscribers
