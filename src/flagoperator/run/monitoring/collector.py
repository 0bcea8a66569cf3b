"""Collector: the operator's metrics in Prometheus' text format, made when they are asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from flagd.manifest import KINDS
from flagd.process.metrics_page import broken_resources, cumulative
from flagd.ruleset.census import Census
from flagoperator.run.monitoring.list_metrics import list_metrics
from flagoperator.run.monitoring.rollout_metrics import guard_metrics, rollout_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client import Metric

    from flagd.metrics import Histogram
    from flagoperator.cluster.event import Events
    from flagoperator.cluster.heartbeat import Heartbeat
    from flagoperator.cluster.lease import Lease
    from flagoperator.cluster.writer import Writer
    from flagoperator.run.model import Model
    from flagoperator.run.replicas import Replicas

    Heartbeats = Callable[[], Mapping[str, Heartbeat]]


class OperatorCollector(Collector):
    """The metrics of one operator."""

    def __init__(
        self, model: Model, replicas: Replicas, writer: Writer, events: Events, lease: Lease, heartbeats: Heartbeats
    ) -> None:
        """`heartbeats` returns those of the event loops, by name."""
        self._heartbeats = heartbeats
        self._model = model
        self._replicas_of = replicas
        self._writer = writer
        self._events = events
        self._lease = lease
        self._census = Census()

    def collect(self) -> Iterator[Metric]:
        """Yield every family, as of now."""
        yield from self._cluster()
        yield from self._published()
        yield from self._replicas()
        yield from self._written()
        yield from rollout_metrics(self._model.projects.ramps.walks, self._model.metrics.transitions)
        yield from guard_metrics(
            self._model.projects.ramps.walks, self._model.surroundings, self._model.metrics.queries
        )
        yield from list_metrics(self._model.projects.compiled, self._model.metrics.fetches, time.time())
        yield self._lags()

    def _cluster(self) -> Iterator[Metric]:
        cache, metrics = self._model.cache, self._model.metrics
        resources = GaugeMetricFamily(
            "flagoperator_resources", "Custom resources in the cluster.", labels=["kind", "state"]
        )
        for kind in KINDS:
            invalid = self._model.projects.broken.counts[kind]
            resources.add_metric([kind, "invalid"], invalid)
            resources.add_metric([kind, "ready"], max(0, cache.count(kind) - invalid))
        yield resources
        yield broken_resources("flagoperator_broken_resource", self._model.projects.broken.refs())
        yield _histogram("flagoperator_relist_seconds", "Complete lists of the cluster.", metrics.relists)
        yield CounterMetricFamily("flagoperator_relist_failures", "Lists that failed.", value=metrics.relist_failures)
        yield CounterMetricFamily(
            "flagoperator_relist_differences",
            "Resources about which a list knew more than the watch had reported.",
            value=metrics.relist_differences,
        )
        unreadable = GaugeMetricFamily(
            "flagoperator_namespace_unreadable", "Namespaces that may not be read: 1.", labels=["namespace"]
        )
        for namespace in metrics.unreadable:
            unreadable.add_metric([namespace], 1)
        yield unreadable
        age = time.time() - metrics.relisted_at if metrics.relisted_at else float("inf")
        yield GaugeMetricFamily("flagoperator_relist_age_seconds", "Time since the last complete list.", value=age)
        events = CounterMetricFamily("flagoperator_watch_events", "Events that the watch reported.", labels=["kind"])
        for kind in KINDS:
            events.add_metric([kind], metrics.watch_events[kind])
        yield events
        yield CounterMetricFamily(
            "flagoperator_watch_restarts", "How often the watch was restarted.", value=metrics.watch_restarts
        )

        if metrics.crds_outdated is not None:
            yield GaugeMetricFamily(
                "flagoperator_crds_outdated",
                "CRDs of an older release than the operator.",
                value=metrics.crds_outdated,
            )

    def _published(self) -> Iterator[Metric]:
        metrics, current = self._model.metrics, self._model.board.current
        yield GaugeMetricFamily(
            "flagoperator_leading", "Whether this replica holds the Lease: 1 or 0.", value=self._lease.leads
        )
        yield GaugeMetricFamily("flagoperator_epoch", "Number of the term.", value=self._lease.epoch)
        publishes = CounterMetricFamily("flagoperator_publishes", "Rulesets published.", labels=["project"])
        for project, count in list(metrics.publishes.items()):
            publishes.add_metric([project], count)
        yield publishes
        size = GaugeMetricFamily(
            "flagoperator_flags", "Flags that are published, groups included.", labels=["project", "revision"]
        )
        flags = GaugeMetricFamily(
            "flagoperator_published_flags", "Flags that callers can ask for, without groups.", labels=["project"]
        )
        rulesets = current.rulesets if current else {}
        for project, counts in self._census.count_all(rulesets).items():
            size.add_metric([project, rulesets[project].revision], len(rulesets[project].flags))
            flags.add_metric([project], counts.flags)
        yield from (size, flags)
        yield GaugeMetricFamily(
            "flagoperator_held_rulesets",
            "Rulesets that would remove most flags and wait for a second list.",
            value=len(self._model.mass_removal.held),
        )
        yield _histogram("flagoperator_reconcile_seconds", "Compiling what changed.", metrics.reconciles)

    def _replicas(self) -> Iterator[Metric]:
        subscribers = GaugeMetricFamily("flagoperator_subscribers", "Open streams of rulesets.", labels=["role"])
        found = self._model.subscribers.streams
        for role in ("replica", "client", "operator"):
            subscribers.add_metric([role], sum(each.role == role for each in found))
        yield subscribers
        reviews = CounterMetricFamily(
            "flagoperator_token_reviews",
            "Tokens of subscribers that the API server was asked about.",
            labels=["result"],
        )
        for result in ("authenticated", "refused", "failed", "postponed"):
            reviews.add_metric([result], self._model.metrics.reviews[result])
        yield reviews
        current = self._model.board.current
        behind = GaugeMetricFamily(
            "flagoperator_replicas_behind", "Ready replicas that serve another revision.", labels=["project"]
        )
        ready = self._replicas_of.ready
        for project, ruleset in (current.rulesets if current else {}).items():
            behind.add_metric([project], sum(each.revisions.get(project) != ruleset.revision for each in ready))
        yield behind
        yield _histogram(
            "flagoperator_acknowledged_seconds",
            "From seeing a change to every ready replica serving it.",
            self._model.metrics.acknowledged,
        )

    def _written(self) -> Iterator[Metric]:
        writer = self._writer
        yield CounterMetricFamily("flagoperator_status_writes", "Statuses written.", value=writer.writes)
        yield CounterMetricFamily(
            "flagoperator_status_write_failures", "Statuses that could not be written.", value=writer.failures
        )
        rivalry = writer.rivalry
        yield CounterMetricFamily(
            "flagoperator_status_overwritten", "Statuses that somebody else wrote over ours.", value=rivalry.overwritten
        )
        yield GaugeMetricFamily(
            "flagoperator_status_contested",
            "Resources whose status somebody else writes again and again.",
            value=rivalry.contested,
        )
        yield CounterMetricFamily(
            "flagoperator_events_dropped",
            "Events that were not written, since too many waited.",
            value=self._events.dropped,
        )
        yield GaugeMetricFamily("flagoperator_status_backlog", "Statuses that wait.", value=writer.backlog)

    def _lags(self) -> Metric:
        lags = GaugeMetricFamily(
            "flagoperator_event_loop_lag_seconds",
            "Longest delay of an event loop in the last minute, in seconds.",
            labels=["loop"],
        )
        for name, heartbeat in self._heartbeats().items():
            lags.add_metric([name], heartbeat.worst)
        return lags


def _histogram(name: str, text: str, durations: Histogram) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, text)
    family.add_metric([], cumulative(durations), durations.total)
    return family
