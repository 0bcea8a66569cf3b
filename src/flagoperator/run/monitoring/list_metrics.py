"""ListMetrics: the lists of ids that cohorts are made from, in Prometheus' terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from flagd.ruleset.hashed_ids import HashedIds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client import Metric

    from flagd.compiler import Compiled

_LABELS = ("namespace", "cohort")


def list_metrics(
    compiled: Mapping[str, Compiled], fetches: Mapping[tuple[str, str], int], now: float
) -> Iterator[Metric]:
    """Yield size, age and state of every list, and the looks at them; `now` is in seconds since 1970."""
    ids = GaugeMetricFamily("flagoperator_list_ids", "Ids on the list of a cohort that is served.", labels=_LABELS)
    age = GaugeMetricFamily("flagoperator_list_age_seconds", "For how long the list is as it is.", labels=_LABELS)
    stale = GaugeMetricFamily(
        "flagoperator_list_stale", "1 while a newer list cannot be fetched or is not believed, else 0.", labels=_LABELS
    )
    for namespace, project in compiled.items():
        for ref, supply in project.state.supplies.items():
            cohort = project.state.cohorts.get(ref.name)
            stale.add_metric([namespace, ref.name], bool(supply.fault))
            if cohort is not None and isinstance(cohort.members, HashedIds):
                ids.add_metric([namespace, ref.name], len(cohort.members))
                age.add_metric([namespace, ref.name], max(0.0, now - cohort.as_of))
    looks = CounterMetricFamily("flagoperator_list_fetches", "Looks at lists.", labels=["source", "result"])
    for labels, count in list(fetches.items()):
        looks.add_metric(list(labels), count)
    yield from (ids, age, stale, looks)
