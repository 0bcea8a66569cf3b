"""Schedule: the forecast of every flag with a ramp in some manifests, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagctl.rollout.forecast import forecast
from flagctl.rollout.prospect import Prospect
from flagd.manifest import Flag
from flagd.manifest.kinds import FlagRolloutPlan
from flagd.manifest.parts.duration import duration
from flagd.manifest.parts.percent import percent_text
from flagoperator.reconcile.ramps.plans import Plans, plan_of_spec
from flagoperator.reconcile.ramps.subject import allocations_of
from flagoperator.rollout.moment import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flagctl.rollout.forecast import Stop
    from flagd.manifest import Resource
    from flagoperator.evidence import Traffic
    from flagoperator.rollout import Guard, Plan


def schedules(
    resources: Sequence[Resource], start: float, name: str | None = None, traffic: Traffic | None = None
) -> Iterator[str]:
    """Yield what is to be said of every flag with a ramp, or of the flag `name` alone.

    With `traffic` also by when guards that compare find harm.
    """
    plans: dict[str, Plans] = {}
    for each in resources:
        if isinstance(each, FlagRolloutPlan):
            known = plans.get(each.metadata.namespace, Plans())
            plan = plan_of_spec(each.spec)
            default = plan if each.spec.default and known.default is None else known.default
            plans[each.metadata.namespace] = Plans({**known.named, each.metadata.name: plan}, default)
    for each in resources:
        if isinstance(each, Flag) and name in (None, each.metadata.name, each.key):
            yield from _schedule(each, plans.get(each.metadata.namespace, Plans()), start, traffic)


def _schedule(flag: Flag, plans: Plans, start: float, traffic: Traffic | None) -> Iterator[str]:
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
    yield from _guards(ramp.plan, stops, over, traffic)


def _moved(stop: Stop) -> str:
    return ", ".join(f"{name} {percent_text(percent)} %" for name, percent in stop.moved)


def _wants(stop: Stop) -> str:
    step = stop.step
    wants = [f"hold {duration(step.hold)}"] if step.hold else []
    wants += ["approval"] if step.approval else []
    wants += [f"{step.min_evaluations} answers"] if step.min_evaluations else []
    return f"  ({', '.join(wants)})" if wants else ""


def _remarks(plan: Plan, stops: Iterable[Stop], over: float | None) -> Iterator[str]:
    if any(stop.step.approval for stop in stops):
        yield "  later by as long as approvals take"
    first = next((stop.at for stop in stops), None)
    if plan.deadline is not None and first is not None and over is not None and over - first > plan.deadline:
        yield f"  too late: the deadline is {duration(plan.deadline)} after the first step"
    if plan.paused:
        yield "  paused: nothing moves before paused is false"


def _guards(plan: Plan, stops: Sequence[Stop], over: float | None, traffic: Traffic | None) -> Iterator[str]:
    for guard in plan.guards:
        yield f"  guard {guard.name}: {_watches(guard, plan)}, every {duration(guard.interval)}; else {guard.reaction}"
        if guard.comparison is None or not stops:
            continue
        if traffic is None:
            yield "    by when it finds harm: --users-per-hour and --baseline"
        else:
            yield from Prospect(stops, over, traffic, plan.limit).lines(guard, guard.comparison.margin)


def _watches(guard: Guard, plan: Plan) -> str:
    if guard.comparison is not None:
        return f"compared with control, margin {guard.comparison.margin:g}, fails at E {plan.limit:g}"
    bounds = {"max": guard.most, "min": guard.least}
    return ", ".join(f"{name} {bound:g}" for name, bound in bounds.items() if bound is not None)
