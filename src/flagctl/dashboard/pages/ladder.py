"""Ladder: a ramp as its steps: those done, the one it stands at, those to come, and what is measured meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.rollout.forecast import forecast
from flagd.compiler.advice.default_plan import default_plan
from flagd.manifest import Flag, FlagRolloutPlan
from flagd.manifest.parts.duration import duration
from flagd.manifest.parts.percent import percent_text
from flagoperator.reconcile.ramps.plans import Plans, plan_of_spec
from flagoperator.reconcile.ramps.subject import allocations_of
from flagoperator.rollout.moment import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagctl.dashboard.inventory.inventory import View
    from flagctl.dashboard.inventory.item import Item
    from flagoperator.rollout import Plan, Step

DONE, NOW, NEXT = "done", "now", "next"
_UNDER_WAY = {"Progressing", "Paused"}


@dataclass(frozen=True, slots=True)
class Rung:
    """One step.

    Attributes:
        percent: of the allocations that rise, text.
        wants: what is asked for before it is left.
        state: done, now or next.
        at: RFC 3339 when it was or will be reached; empty where that is not known.
    """

    percent: str
    wants: tuple[str, ...]
    state: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class GuardLine:
    """One guard, as it was last measured.

    Attributes:
        name: of the guard.
        bounds: ``max 0.02``.
        value: the last measurement, or why there is none.
        failures: failed measurements in a row.
        limit: how many of them are borne.
        reaction: what happens then.
        samples: how often it was measured; empty where nobody says.
    """

    name: str
    bounds: str
    value: str
    failures: int
    limit: int
    reaction: str
    samples: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One entry of the history."""

    at: str
    before: str
    after: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """A ramp.

    Attributes:
        source: what the steps are: ``run`` of a cluster, or ``plan`` that nobody walks here.
        plan: name of the plan; empty where it is the flag's own.
        phase: Progressing, Paused, …; empty for a plan.
        reason: why it stands where it does.
        message: the same for people.
        percent: how far it is.
        goal: where it is to get.
        next_at: when the next step is due; empty where nobody knows.
        frozen: why the clock does not run; empty while it runs.
        acks: replicas that serve the step, as ``3/3``.
        token: what verbs quote.
        rungs: the steps of the phase it is in.
        phase_title: which phase that is; empty where there is one.
        guards: what is measured.
        history: what happened, the newest first.
        allocations: name, percent at which the run began, percent now.
    """

    source: str
    plan: str = ""
    phase: str = ""
    reason: str = ""
    message: str = ""
    percent: str = ""
    goal: str = ""
    next_at: str = ""
    frozen: str = ""
    acks: str = ""
    token: str = ""
    rungs: tuple[Rung, ...] = ()
    phase_title: str = ""
    guards: tuple[GuardLine, ...] = ()
    history: tuple[Passage, ...] = ()
    allocations: tuple[tuple[str, str, str], ...] = ()


def ladder_of(item: Item, view: View) -> Ladder | None:
    """Return the ramp of the flag `item`: its run, else its plan; None where its goal is taken at once."""
    told = item.status.get("rollout") or {}
    if told.get("run"):
        return _of_run(item, told)
    planned = _planned(item, view)
    if planned is None and not told:
        return None
    return _of_plan(item, told, planned)


def _of_run(item: Item, told: Mapping[str, Any]) -> Ladder:
    run = told["run"]
    plan = run.get("plan") or {}
    phases, phase = plan.get("phases") or [{}], int(run.get("phase", 0))
    steps = (phases[phase].get("steps") if phase < len(phases) else None) or plan.get("steps") or []
    taken = int(run.get("step", 0))
    rungs = tuple(_rung(each, index, taken, told) for index, each in enumerate(steps, 1))
    title = f"phase {phase + 1} of {len(phases)}" if len(phases) > 1 else ""
    return _told(item, told, "run", rungs, title, tuple(_guards(run)))


def _told(
    item: Item,
    told: Mapping[str, Any],
    source: str,
    rungs: tuple[Rung, ...],
    title: str = "",
    guards: tuple[GuardLine, ...] = (),
) -> Ladder:
    run, reason = told.get("run") or {}, str(told.get("reason", ""))
    began = {str(each.get("name")): str(each.get("percent")) for each in run.get("from") or ()}
    now = (item.status.get("effective") or {}).get("allocations") or ()
    return Ladder(
        source=source,
        plan=str((item.spec.get("ramp") or {}).get("plan") or ""),
        phase=str(told.get("phase", "")),
        reason=reason,
        message=str(told.get("message", "")),
        percent=str(told.get("percent", "")),
        goal=str(told.get("goal", "")),
        next_at=str(told.get("nextStepAt", "")),
        frozen=reason if told.get("phase") in _UNDER_WAY and not run.get("heldSince") else "",
        acks=str(told.get("acks", "")),
        token=str(told.get("token", "")),
        rungs=rungs,
        phase_title=title,
        guards=guards,
        history=tuple(reversed([_passage(each) for each in told.get("history") or ()])),
        allocations=tuple(
            (str(each.get("name")), began.get(str(each.get("name")), ""), str(each.get("percent"))) for each in now
        ),
    )


def _rung(step: Mapping[str, Any], index: int, taken: int, told: Mapping[str, Any]) -> Rung:
    over = told.get("phase") == "Completed"
    state = DONE if index < taken or over else NOW if index == taken else NEXT
    wants = [f"hold {step['hold']}"] if step.get("hold") else []
    wants += ["approval"] if step.get("approval") else []
    wants += [f"{step['minEvaluations']} answers"] if step.get("minEvaluations") else []
    at = str(told.get("nextStepAt", "")) if index == taken + 1 else ""
    return Rung(str(step.get("percent")), tuple(wants), state, at)


def _guards(run: Mapping[str, Any]) -> Iterator[GuardLine]:
    known = {each.get("name"): each for each in run.get("guards") or ()}
    for each in (run.get("plan") or {}).get("guards") or ():
        told = known.get(each.get("name"), {})
        bounds = ", ".join(f"{name} {each[name]}" for name in ("min", "max") if name in each)
        yield GuardLine(
            name=str(each.get("name")),
            bounds=bounds,
            value=str(told.get("value", told.get("trouble", "not measured yet"))),
            failures=int(told.get("failures", 0)),
            limit=int(each.get("failureLimit", 0)),
            reaction=str(each.get("onFailure", "")),
            samples=str(told.get("samples", "")),
        )


def _passage(told: Mapping[str, Any]) -> Passage:
    return Passage(*(str(told.get(name) or "") for name in ("at", "from", "to", "reason", "by")))


def _planned(item: Item, view: View) -> tuple[Flag, Plan] | None:
    flag = item.resource
    if not isinstance(flag, Flag):
        return None
    ramp = _plans(view, item.ref.namespace).ramp_of(flag)
    return None if ramp is None or ramp.plan is None else (flag, ramp.plan)


def _plans(view: View, namespace: str) -> Plans:
    found = [each.resource for each in view.of_kind("FlagRolloutPlan") if each.ref.namespace == namespace]
    plans = [each for each in found if isinstance(each, FlagRolloutPlan)]
    named = {each.metadata.name: plan_of_spec(each.spec) for each in plans}
    default = default_plan(plans)
    return Plans(named, None if default is None else named[default.metadata.name])


def _of_plan(item: Item, told: Mapping[str, Any], planned: tuple[Flag, Plan] | None) -> Ladder:
    if planned is None:
        return _told(item, told, "run", ())
    flag, plan = planned
    if told:  # the run is over, or has not started
        state = DONE if told.get("phase") == "Completed" else NEXT
        rungs = tuple(Rung(percent_text(step.percent), _wants(step), state) for step in plan.steps)
        return _told(item, told, "run", rungs)
    stops, over = forecast(allocations_of(flag), plan, time.time())
    rungs = tuple(
        Rung(percent_text(max(percent for _, percent in stop.moved)), _wants(stop.step), NEXT, moment(stop.at))
        for stop in stops
    )
    goal = rungs[-1].percent if rungs else "0"
    until = f", and be done by {moment(over)}" if over is not None else "; no window opens for its end"
    message = f"If it were applied now to a cluster, it would rise like this{until}."
    named = str((item.spec.get("ramp") or {}).get("plan") or "")
    return Ladder("plan", named, message=message, percent="0", goal=goal, rungs=rungs, guards=_guards_of(plan))


def _wants(step: Step) -> tuple[str, ...]:
    wants = [f"hold {duration(step.hold)}"] if step.hold else []
    wants += ["approval"] if step.approval else []
    return tuple(wants + ([f"{step.min_evaluations} answers"] if step.min_evaluations else []))


def _guards_of(plan: Plan) -> tuple[GuardLine, ...]:
    found: Sequence[GuardLine] = [
        GuardLine(
            each.name,
            ", ".join(
                f"{name} {bound:g}" for name, bound in (("min", each.least), ("max", each.most)) if bound is not None
            ),
            "measured during a run",
            0,
            each.failure_limit,
            str(each.reaction),
        )
        for each in plan.guards
    ]
    return tuple(found)
