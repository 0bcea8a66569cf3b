"""Metrics page: the metrics of a process in Prometheus' text format, made when they are asked for."""

from __future__ import annotations

from itertools import accumulate, islice
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from flagd.metrics import LATENCY_BOUNDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client import Metric
    from prometheus_client.registry import Collector

    from flagd.manifest import ResourceRef
    from flagd.metrics import Histogram

CONTENT_TYPE = CONTENT_TYPE_LATEST
BROKEN_SERIES = 100
"""Resources that cannot be used, and have a series of their own; those beyond are counted only."""


class MetricsPage:
    """Renders what a program counts, and what is known of every process: memory, CPU, garbage."""

    def __init__(self, collector: Collector) -> None:
        """`collector` yields what the program counts."""
        self._registry = CollectorRegistry()
        self._registry.register(collector)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def render(self) -> bytes:
        """Return the text. Safe to call from another thread."""
        return generate_latest(self._registry)


def broken_resources(name: str, refs: Iterable[ResourceRef]) -> Metric:
    """Return the family `name` with a series for each of `refs`, the first of them."""
    family = GaugeMetricFamily(
        name, "1 for each resource that cannot be used as it is, the first 100.", labels=["kind", "namespace", "name"]
    )
    for ref in islice(refs, BROKEN_SERIES):
        family.add_metric([ref.kind, ref.namespace, ref.name], 1)
    return family


def cumulative(histogram: Histogram) -> list[tuple[str, float]]:
    """Return cumulative counts by upper bound, as Prometheus wants them."""
    bounds = [*map(str, LATENCY_BOUNDS), "+Inf"]
    return list(zip(bounds, map(float, accumulate(list(histogram.counts))), strict=True))
