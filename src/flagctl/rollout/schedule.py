"""Schedule: the forecast of every flag with a ramp in some manifests, as text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flagctl.rollout.forecast import forecast
from flagctl.rollout.guard_line import planned_guard
from flagctl.rollout.prospect import Prospect
from flagctl.rollout.rung import wants_of
from flagd.manifest import Flag
from flagd.manifest.parts.duration import duration
from flagd.manifest.parts.percent import percent_text
from flagoperator.reconcile.ramps.plans import Plans, plans_by_namespace
from flagoperator.reconcile.ramps.subject import allocations_of
from flagoperator.rollout.moment import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flagctl.rollout.forecast import Stop
    from flagctl.rollout.measured_traffic import Measured
    from flagd.manifest import Resource, ResourceRef
    from flagoperator.rollout import Guard, Plan

    TrafficOf = Callable[[ResourceRef, str], Measured]
    """What passes through a guard, by the flag and its name."""


def schedules(
    resources: Sequence[Resource], start: float, name: str | None = None, traffic: TrafficOf | None = None
) -> Iterator[str]:
    """Yield what is to be said of every flag with a ramp, or of the flag `name` alone.

    With `traffic` also by when guards that compare find harm.
    """
    plans = plans_by_namespace(resources)
    for each in resources:
        if isinstance(each, Flag) and name in (None, each.metadata.name, each.key):
            yield from _schedule(each, plans.get(each.metadata.namespace, Plans()), start, traffic)


def _schedule(flag: Flag, plans: Plans, start: float, traffic: TrafficOf | None) -> Iterator[str]:
    ramp = plans.ramp_of(flag)
    title = f"flag/{flag.metadata.name}"
    if ramp is None or ramp.immediate:
        yield f"{title}: no ramp, its goal is taken at once"
        return
    if ramp.plan is None:
        named = "" if flag.spec.ramp is None else flag.spec.ramp.plan
        yield f"{title}: the plan {named} is not in these manifests"
        return
    stops, over = forecast(allocations_of(flag), ramp.plan, start)
    yield title
    for stop in stops:
        yield f"  {moment(stop.at)}  {_moved(stop)}{_wants(stop)}"
    yield f"  {moment(over)}  done" if over is not None else "  never done: no window opens for the next step"
    yield from _remarks(ramp.plan, stops, over)
    passing = None if traffic is None else partial(traffic, flag.ref)
    yield from _guards(ramp.plan, stops, over, passing)


def _moved(stop: Stop) -> str:
    return ", ".join(f"{name} {percent_text(percent)} %" for name, percent in stop.moved)


def _wants(stop: Stop) -> str:
    wants = wants_of(stop.step)
    return f"  ({', '.join(wants)})" if wants else ""


def _remarks(plan: Plan, stops: Iterable[Stop], over: float | None) -> Iterator[str]:
    if any(stop.step.approval for stop in stops):
        yield "  later by as long as approvals take"
    first = next((stop.at for stop in stops), None)
    if plan.deadline is not None and first is not None and over is not None and over - first > plan.deadline:
        yield f"  too late: the deadline is {duration(plan.deadline)} after the first step"
    if plan.paused:
        yield "  paused: nothing moves before paused is false"


def _guards(
    plan: Plan, stops: Sequence[Stop], over: float | None, traffic: Callable[[str], Measured] | None
) -> Iterator[str]:
    for guard in plan.guards:
        yield f"  guard {guard.name}: {_watches(guard, plan)}, every {duration(guard.interval)}; else {guard.reaction}"
        if guard.comparison is None or not stops:
            continue
        if traffic is None:
            yield "    by when it finds harm: --users-per-hour and --baseline, or --prometheus-url"
            continue
        measured = traffic(guard.name)
        yield from [f"    {measured.told}"] if measured.told else []
        if measured.traffic is not None:
            yield from Prospect(stops, over, measured.traffic, plan.limit).lines(guard, guard.comparison.margin)


def _watches(guard: Guard, plan: Plan) -> str:
    if guard.comparison is not None:
        return f"compared with control, margin {guard.comparison.margin:g}, fails at E {plan.limit:g}"
    return planned_guard(guard).bounds
