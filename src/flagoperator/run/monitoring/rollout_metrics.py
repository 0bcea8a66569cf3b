"""Rollout metrics: where the flags are whose percentages rise step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from flagoperator.rollout import Mode, lead

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping

    from prometheus_client import Metric

    from flagd.manifest import ResourceRef
    from flagoperator.reconcile.ramps.walk import Walk

_FLAG = ["namespace", "flag"]


def rollout_metrics(walks: Mapping[ResourceRef, Walk], transitions: Counter[tuple[str, str]]) -> Iterator[Metric]:
    """Yield the families; of flags that rest and never rose nothing is told. Safe to call from another thread."""
    percent = GaugeMetricFamily(
        "flag_rollout_percent", "Effective percent of the lowest allocation that rises.", labels=_FLAG
    )
    goal = GaugeMetricFamily("flag_rollout_goal", "Percent that its manifest asks for.", labels=_FLAG)
    phase = GaugeMetricFamily("flag_rollout_phase", "How a rollout stands: 1.", labels=[*_FLAG, "phase"])
    for ref, walk in list(walks.items()):
        if walk.subject is None or walk.state.mode is Mode.IDLE:
            continue
        names = [ref.namespace, ref.name]
        share, wanted = lead(walk.subject, walk.shares)
        percent.add_metric(names, share / 1000)
        goal.add_metric(names, wanted / 1000)
        phase.add_metric([*names, str(walk.state.mode)], 1)
    yield from (percent, goal, phase)
    told = CounterMetricFamily(
        "flag_rollout_transitions", "What rollouts did: the phase that it led to, and why.", labels=["to", "reason"]
    )
    for (to, reason), count in list(transitions.items()):
        told.add_metric([to, reason], count)
    yield told
