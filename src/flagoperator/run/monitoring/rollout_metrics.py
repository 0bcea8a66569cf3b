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
    from flagoperator.reconcile.ramps import Surroundings, Walk

_FLAG = ["namespace", "flag"]


def rollout_metrics(walks: Mapping[ResourceRef, Walk], transitions: Counter[tuple[str, str]]) -> Iterator[Metric]:
    """Yield the families, without flags that rest and never rose. Safe to call from another thread."""
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


def guard_metrics(
    walks: Mapping[ResourceRef, Walk], surroundings: Surroundings, queries: Counter[str]
) -> Iterator[Metric]:
    """Yield the families about guards, of flags that have a run. Safe to call from another thread."""
    labels = [*_FLAG, "guard"]
    value = GaugeMetricFamily("flag_rollout_guard_value", "What a guard's query gave last.", labels=labels)
    silent = GaugeMetricFamily(
        "flag_rollout_guard_errors", "Measurements in a row that gave no number, as far as they count.", labels=labels
    )
    for ref, walk in list(walks.items()):
        for each in () if walk.state.run is None else walk.state.run.guards:
            names = [ref.namespace, ref.name, each.name]
            silent.add_metric(names, each.errors)
            if each.compared is None and each.last is not None and each.last.value is not None:
                value.add_metric(names, each.last.value)
    yield from _compared(walks)
    yield from _ratios(walks)
    failures = CounterMetricFamily(
        "flag_rollout_guard_failures", "Measurements out of bounds, while a flag has a run.", labels=labels
    )
    for (ref, guard), count in list(surroundings.failures.items()):
        failures.add_metric([ref.namespace, ref.name, guard], count)
    asked = CounterMetricFamily(
        "flagoperator_guard_queries", "What Prometheus was asked for guards, by what it gave.", labels=["result"]
    )
    for result in ("number", "error"):
        asked.add_metric([result], queries[result])
    yield from (value, silent, failures, asked)


def _compared(walks: Mapping[ResourceRef, Walk]) -> Iterator[Metric]:
    labels = [*_FLAG, "guard"]
    evidence = GaugeMetricFamily("flag_rollout_evalue", "E of a comparison: evidence of harm.", labels=labels)
    limit = GaugeMetricFamily("flag_rollout_evalue_limit", "E at which the comparison fails.", labels=labels)
    for ref, walk in list(walks.items()):
        run = walk.state.run
        for each in () if run is None else run.guards:
            if run is not None and each.compared is not None and each.compared.until is not None:
                names = [ref.namespace, ref.name, each.name]
                evidence.add_metric(names, each.compared.process.value)
                limit.add_metric(names, run.plan.limit * each.compared.price)
    yield from (evidence, limit)


def _ratios(walks: Mapping[ResourceRef, Walk]) -> Iterator[Metric]:
    labels = [*_FLAG, "segment", "rollout_arm", "variant"]
    users = GaugeMetricFamily("flag_rollout_users", "Users seen since percents or weights changed.", labels=labels)
    evidence = GaugeMetricFamily(
        "flag_rollout_imbalance", "Evidence that users are not divided as percents and weights say.", labels=_FLAG
    )
    limit = GaugeMetricFamily("flag_rollout_imbalance_limit", "Evidence that is reported.", labels=_FLAG)
    reported = GaugeMetricFamily("flag_rollout_unbalanced", "1 once it was reported of the run, else 0.", labels=_FLAG)
    for ref, walk in list(walks.items()):
        ratio = None if walk.state.run is None else walk.state.run.ratio
        if ratio is None:
            continue
        names = [ref.namespace, ref.name]
        if ratio.most is not None or ratio.found:
            reported.add_metric(names, bool(ratio.found))
        if ratio.most is None:
            continue
        evidence.add_metric(names, ratio.most.value)
        limit.add_metric(names, ratio.limit)
        for tally in ratio.tallies:
            for part, count in zip(tally.split.parts, tally.users, strict=True):
                users.add_metric([*names, tally.split.segment, part.arm, part.variant], count)
    yield from (users, evidence, limit, reported)
