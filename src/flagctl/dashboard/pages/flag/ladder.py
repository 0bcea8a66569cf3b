"""Ladder: a ramp as its steps: those done, the one it stands at, those to come, and what is measured meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.rollout.division import divisions_of
from flagctl.rollout.forecast import forecast
from flagctl.rollout.guard_line import guard_lines, planned_guard
from flagctl.rollout.passage import passages
from flagctl.rollout.rung import DONE, NEXT, Rung, phase_title, rungs_of, wants_of
from flagctl.rollout.view import view_of
from flagd.manifest import Flag
from flagd.manifest.parts.percent import percent_text
from flagoperator.reconcile.ramps.plans import Plans, plans_by_namespace
from flagoperator.reconcile.ramps.ratio_text import BALANCED
from flagoperator.reconcile.ramps.subject import allocations_of
from flagoperator.rollout.moment import moment

if TYPE_CHECKING:
    from flagctl.dashboard.inventory.inventory import View
    from flagctl.dashboard.inventory.item import Item
    from flagctl.rollout.division import Division
    from flagctl.rollout.guard_line import GuardLine
    from flagctl.rollout.passage import Passage
    from flagoperator.rollout import Plan

_UNDER_WAY = {"Progressing", "Paused"}


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
        balanced: True, False or Unknown, as the condition Balanced; empty without a run.
        balance: the same for people.
        divisions: how the users of the run are divided, by segment.
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
    balanced: str = ""
    balance: str = ""
    divisions: tuple[Division, ...] = ()


def ladder_of(item: Item, view: View) -> Ladder | None:
    """Return the ramp of the flag `item`: its run, else its plan; None where its goal is taken at once."""
    told = item.status.get("rollout") or {}
    if told.get("run"):
        return _told(item, rungs_of(told))
    planned = _planned(item, view)
    if told:  # the run is over, or has not started
        state = DONE if told.get("phase") == "Completed" else NEXT
        steps = () if planned is None else planned[1].steps
        return _told(item, tuple(Rung(percent_text(each.percent), wants_of(each), state) for each in steps))
    return None if planned is None else _of_plan(item, *planned)


def _told(item: Item, rungs: tuple[Rung, ...]) -> Ladder:
    view = view_of(item.raw)
    told, reason = view.rollout, str(view.rollout.get("reason", ""))
    balanced = item.condition(BALANCED)
    stands = view.phase in _UNDER_WAY and not (told.get("run") or {}).get("heldSince")
    return Ladder(
        source="run",
        plan=_plan_name(item),
        phase=str(told.get("phase", "")),
        reason=reason,
        message=str(told.get("message", "")),
        percent=str(told.get("percent", "")),
        goal=str(told.get("goal", "")),
        next_at=str(told.get("nextStepAt", "")),
        frozen=reason if stands else "",
        acks=str(told.get("acks", "")),
        token=view.token,
        rungs=rungs,
        phase_title=phase_title(told),
        guards=guard_lines(told),
        history=tuple(reversed(passages(told))),
        allocations=tuple((name, view.began.get(name, ""), percent) for name, percent in view.allocations),
        balanced=str(balanced.get("status", "")),
        balance=str(balanced.get("message", "")),
        divisions=tuple(divisions_of(told)),
    )


def _planned(item: Item, view: View) -> tuple[Flag, Plan] | None:
    flag, namespace = item.resource, item.ref.namespace
    if not isinstance(flag, Flag):
        return None
    found = (each.resource for each in view.of_kind("FlagRolloutPlan") if each.ref.namespace == namespace)
    plans = plans_by_namespace(each for each in found if each is not None).get(namespace, Plans())
    ramp = plans.ramp_of(flag)
    return None if ramp is None or ramp.plan is None else (flag, ramp.plan)


def _of_plan(item: Item, flag: Flag, plan: Plan) -> Ladder:
    stops, over = forecast(allocations_of(flag), plan, time.time())
    rungs = tuple(
        Rung(percent_text(max(percent for _, percent in stop.moved)), wants_of(stop.step), NEXT, moment(stop.at))
        for stop in stops
    )
    goal = rungs[-1].percent if rungs else "0"
    until = f", and be done by {moment(over)}" if over is not None else "; no window opens for its end"
    message = f"If it were applied now to a cluster, it would rise like this{until}."
    guards = tuple(map(planned_guard, plan.guards))
    return Ladder("plan", _plan_name(item), message=message, percent="0", goal=goal, rungs=rungs, guards=guards)


def _plan_name(item: Item) -> str:
    return str((item.spec.get("ramp") or {}).get("plan") or "")
