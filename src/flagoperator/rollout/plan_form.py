"""The form of a plan in a manifest, and in the status of a run that keeps it: read and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flagd.manifest.parts.duration import duration, seconds
from flagd.manifest.parts.percent import percent_text, thousandths
from flagoperator.rollout.guards.guard_form import guard_of, written_guard
from flagoperator.rollout.moment import moment, seconds_of
from flagoperator.rollout.plan import PLAIN_ALPHA, REST, Phase, Plan, Step
from flagoperator.rollout.window import DAY_MINUTES, DAYS, Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def plan_of(spec: Mapping[str, Any]) -> Plan:
    """Return the plan that `spec` describes, which must be valid: the spec of a FlagRolloutPlan as plain data."""
    not_before, deadline = spec.get("notBefore"), spec.get("deadline")
    return Plan(
        steps=_steps(spec["steps"]),
        phases=tuple(_phase(each) for each in spec.get("phases") or ()),
        windows=tuple(_window(each) for each in spec.get("windows") or ()),
        not_before=None if not_before is None else seconds_of(not_before),
        deadline=None if deadline is None else seconds(deadline),
        deadline_rolls_back=spec.get("onDeadline") == "Rollback",
        paused=bool(spec.get("paused")),
        guards=tuple(guard_of(each) for each in spec.get("guards") or ()),
        alpha=float(spec.get("alpha", PLAIN_ALPHA)),
    )


def written_plan(plan: Plan) -> dict[str, Any]:
    """Return `plan` as plain data, of which `plan_of` makes an equal one."""
    found: dict[str, Any] = {"steps": [_written_step(each) for each in plan.steps]}
    if plan.phases:
        found["phases"] = [_written_phase(each) for each in plan.phases]
    if plan.windows:
        found["windows"] = [_written_window(each) for each in plan.windows]
    if plan.not_before is not None:
        found["notBefore"] = moment(plan.not_before)
    if plan.deadline is not None:
        found["deadline"] = duration(plan.deadline)
    if plan.deadline_rolls_back:
        found["onDeadline"] = "Rollback"
    if plan.paused:
        found["paused"] = True
    if plan.guards:
        found["guards"] = [written_guard(each) for each in plan.guards]
    if plan.alpha != PLAIN_ALPHA:
        found["alpha"] = repr(plan.alpha)
    return found


def _steps(steps: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(
        Step(
            thousandths(each["percent"]),
            seconds(each.get("hold", "0s")),
            bool(each.get("approval")),
            each.get("minEvaluations", 0),
        )
        for each in steps
    )


def _written_step(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"percent": percent_text(step.percent)}
    if step.hold:
        found["hold"] = duration(step.hold)
    if step.approval:
        found["approval"] = True
    if step.min_evaluations:
        found["minEvaluations"] = step.min_evaluations
    return found


def _phase(phase: Mapping[str, Any]) -> Phase:
    names = {*(phase.get("segments") or ()), *((REST,) if phase.get("allOtherUsers") else ())}
    return Phase(frozenset(names), _steps(phase.get("steps") or ()))


def _written_phase(phase: Phase) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if segments := sorted(phase.names - {REST}):
        found["segments"] = segments
    if REST in phase.names:
        found["allOtherUsers"] = True
    if phase.steps:
        found["steps"] = [_written_step(each) for each in phase.steps]
    return found


def _window(window: Mapping[str, Any]) -> Window:
    days = frozenset(DAYS.index(each) for each in window.get("days") or DAYS)
    zone = ZoneInfo(window.get("timeZone", "UTC"))
    return Window(days, _minutes(window["from"]) % DAY_MINUTES, _minutes(window["to"]), zone)


def _written_window(window: Window) -> dict[str, Any]:
    days = [DAYS[each] for each in sorted(window.days)]
    times = {"from": _clock(window.start), "to": _clock(window.end)}
    return {"days": days, **times, "timeZone": window.zone.key}


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
