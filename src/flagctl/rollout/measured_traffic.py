"""Measured traffic: what the counters of comparisons have counted lately, by a real Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.manifest import Flag
from flagd.manifest.parts.duration import duration
from flagoperator.evidence import Traffic
from flagoperator.reconcile.ramps.plans import Plans, plans_by_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagd.manifest import Resource, ResourceRef
    from flagoperator.prometheus.client import Prometheus, Settings
    from flagoperator.rollout.guards.comparison import Comparison

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Measured:
    """What passed through one guard.

    Attributes:
        traffic: attempts and failures; None where there is nothing to go by.
        told: the same in words, or why there is nothing.
    """

    traffic: Traffic | None
    told: str


async def measured_traffic(
    resources: Sequence[Resource], settings: Settings, seconds: int
) -> Mapping[tuple[ResourceRef, str], Measured]:
    """Return what passed in the last `seconds`, by flag and name of every guard that compares."""
    from flagoperator.prometheus.client import Prometheus

    prometheus = Prometheus(settings)
    try:
        return {
            (flag.ref, name): await _measured(prometheus, flag, comparison, seconds)
            for flag, name, comparison in _comparisons(resources)
        }
    finally:
        await prometheus.close()


def _comparisons(resources: Sequence[Resource]) -> Iterator[tuple[Flag, str, Comparison]]:
    plans = plans_by_namespace(resources)
    for each in resources:
        ramp = plans.get(each.metadata.namespace, Plans()).ramp_of(each) if isinstance(each, Flag) else None
        for guard in () if ramp is None or ramp.plan is None else ramp.plan.guards:
            if guard.comparison is not None and isinstance(each, Flag):
                yield each, guard.name, guard.comparison


async def _measured(prometheus: Prometheus, flag: Flag, comparison: Comparison, seconds: int) -> Measured:
    values = {"flag": flag.key, "namespace": flag.metadata.namespace}
    counts = []
    for name, selector in (("attempts", comparison.attempts), ("failures", comparison.failures)):
        reading = await prometheus.measure(f"sum(increase({selector}[{seconds}s]))", values)
        if reading.value is None:
            return Measured(None, f"{name} could not be measured: {reading.trouble}")
        counts.append(reading.value)
    return _traffic(counts[0], counts[1], seconds)


def _traffic(attempts: float, failures: float, seconds: int) -> Measured:
    lately = f"over the last {duration(seconds)}"
    if not attempts or not failures:
        what = "attempt" if not attempts else "failure"
        return Measured(None, f"no {what} {lately}; give --users-per-hour and --baseline instead")
    if failures > attempts / 2:
        return Measured(None, f"{failures:.0f} of {attempts:.0f} attempts failed {lately}; fix that first")
    found = Traffic(attempts * HOUR / seconds, failures / attempts)
    return Measured(found, f"measured {lately}: {found.per_hour:.0f} attempts an hour, {found.baseline:.2%} failed")
