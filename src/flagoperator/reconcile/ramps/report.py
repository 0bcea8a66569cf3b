"""Report: what the status of a flag says of its rollout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flagd.manifest.parts.percent import percent_text
from flagoperator.reconcile.condition import Condition, condition_of
from flagoperator.reconcile.ramps.guard_text import guards_text
from flagoperator.reconcile.ramps.ratio_text import balanced
from flagoperator.rollout import REST, Mode, lead, next_stop, recorded
from flagoperator.rollout.allocation import rising
from flagoperator.rollout.moment import moment

if TYPE_CHECKING:
    from flagoperator.reconcile.entry import Entry
    from flagoperator.reconcile.ramps.walk import Walk
    from flagoperator.rollout import Run, Shares, State, Subject

DERIVED = ("message", "percent", "goal", "step", "token")
"""What is told for people beside the record; while a flag cannot be used it stays as it is."""
LOST = Condition(
    "Ready",
    "Unknown",
    "StandingUnknown",
    "nobody knows how many users have it: the status does not say, and no replica has said yet what it serves; "
    "nothing is published meanwhile",
)
"""Of a flag with a ramp of which nobody knows where it stands."""
STALLED = frozenset({"RolledBack", "Deadline", "PlanNotFound", "RampRemoved"})
"""Reasons of Ready for which somebody has to do something, or the goal is never met."""

_SAID = {
    "Publishing": "{percent}: not every ready replica has it yet",
    "Holding": "{percent} until {next_at}, then {next}",
    "AwaitingApproval": "{percent}: waits for an approval of {token}, then {next}",
    "OutsideWindow": "{percent} until a window opens at {next_at}, then {next}",
    "NotBefore": "{percent} until {next_at}, then {next}",
    "AwaitingEvaluations": "{percent}: {admitted} of {wanted} answers that let somebody in are counted, then {next}",
    "AwaitingGuards": "{percent}: waits for a good measurement; {guards}; then {next}",
    "GuardFailed": "{percent}: paused by the guard {failed}; {guards}; a resume quotes {token}",
    "Inconclusive": "{percent}: guards give no number for too long; {guards}; goes on by itself when they do",
    "Manual": "{percent}: paused by request; a resume quotes {token}",
    "PausedInGit": "{percent}: paused by the plan or the ramp; write paused: false there, and a plan must be valid",
    "AllPaused": "{percent}: the operator runs with --pause-rollouts",
    "Deadline": "{percent}: the deadline is over; a resume that quotes {token} goes on without one",
    "PlanNotFound": "{percent}: the ramp names a FlagRolloutPlan that is not there, or was never valid",
    "RampRemoved": "{percent}: the ramp is gone before the goal was met; write a ramp, or ramp: {{immediate: true}}",
    "Aborted": "{percent}, as before the run: it was aborted; edit the flag, or set a new retry",
}
_BACK = {
    "Aborted": _SAID["Aborted"],
    "GuardFailed": "{percent}, as before the run: guard {failed} failed; {guards}; edit the flag, or set a new retry",
}
_ROLLED_BACK = "{percent}, as before the run ({reason}); edit the flag, or set a new retry"
AT_REST = "every goal is met"
"""Message of RolledOut where it is True."""
NOT_USABLE = Condition("RolledOut", "False", "NotUsable", "the flag cannot be used as it is; see Ready")


@dataclass(frozen=True, slots=True)
class Report:
    """What is to be said.

    Attributes:
        rollout: what the status has of it, from which another operator goes on.
        allocations: where every allocation stands.
        summary: for a table: ``5→100 2/4 Holding``, or the percent of All Other Users.
        percent: of All Other Users.
        unready: why the flag is not ready; None where it follows its plan.
        rolled_out: whether all goals are met and the last hold is over.
        balanced: whether users are divided as they should be; None where no run compares them.
    """

    rollout: dict[str, Any]
    allocations: list[dict[str, str]]
    summary: str
    percent: str
    unready: Condition | None
    rolled_out: Condition
    balanced: Condition | None = None


def report(walk: Walk, entry: Entry) -> Report:
    """Return what the status of `entry` is to say of its `walk`."""
    if walk.lost:
        # Without percents: another operator would take them for true.
        told = {"phase": str(walk.state.mode), "reason": LOST.reason, "message": LOST.message}
        return Report(told, [], LOST.reason, "", LOST, replace(LOST, type="RolledOut", status="False"))
    rollout = recorded(walk.state)
    allocations = rollout.pop("allocations")
    rest = next((each["percent"] for each in allocations if each["name"] == REST), "0")
    subject = walk.subject
    if subject is None:
        told = entry.status.get("rollout") or {}
        rollout |= {name: told[name] for name in DERIVED if name in told}
        return Report(rollout, allocations, rest, rest, None, NOT_USABLE)
    shares, state = walk.shares, walk.state
    percent, goal = lead(subject, shares)
    message = _message(subject, state, shares)
    rollout |= {"message": message, "percent": percent_text(percent), "goal": percent_text(goal)}
    if state.run is not None:
        rollout |= {"step": f"{state.run.step}/{len(state.run.steps)}", "token": state.run.token}
    short = bool(rising(subject.allocations, shares))
    summary = (
        f"{percent_text(percent)}→{percent_text(goal)} {rollout.get('step', '')} {state.reason}" if short else rest
    )
    stalled = _stalled(subject, state, message, short=short)
    rolled_out = _rolled_out(walk, entry, message, short=short)
    even = None if state.run is None else balanced(state.run)
    return Report(rollout, allocations, " ".join(summary.split()), rest, stalled, rolled_out, even)


def _stalled(subject: Subject, state: State, message: str, *, short: bool) -> Condition | None:
    ramp = subject.ramp
    if state.mode is Mode.ROLLED_BACK:
        return Condition("Ready", "False", "RolledBack", message)
    if ramp is not None and ramp.plan is None and not ramp.immediate and (state.run is None or not short):
        said = _SAID["PlanNotFound"].format(percent=_percent(lead(subject, state.shares)[0]))
        return Condition("Ready", "False", "PlanNotFound", said)
    return Condition("Ready", "False", state.reason, message) if state.reason in STALLED else None


def _rolled_out(walk: Walk, entry: Entry, message: str, *, short: bool) -> Condition:
    state = walk.state
    if short or state.mode in (Mode.PROGRESSING, Mode.PAUSED, Mode.ROLLED_BACK):
        return Condition("RolledOut", "False", state.reason, message)
    told = condition_of(entry.status, "RolledOut")
    # Written once: a restart, or replicas that come and go later, take nothing back.
    known = told is not None and told["status"] == "True" and told.get("observedGeneration") == entry.generation
    if walk.served or known:
        return Condition("RolledOut", "True", state.reason, AT_REST)
    return Condition("RolledOut", "False", "Publishing", f"{AT_REST}; not every ready replica has it yet")


def _message(subject: Subject, state: State, shares: Shares) -> str:
    run = state.run
    if run is None and state.reason not in _SAID:
        return AT_REST
    said, otherwise = (_BACK, _ROLLED_BACK) if state.mode is Mode.ROLLED_BACK else (_SAID, "")
    text = said.get(state.reason, otherwise)
    stop = None if run is None else next_stop(subject, run, shares, 0.0)
    after = shares if stop is None else stop.effective(subject.allocations)
    return text.format(
        percent=_percent(lead(subject, shares)[0]),
        next=_percent(max(lead(subject, after)[0], lead(subject, shares)[0])) if stop is not None else "done",
        next_at="nobody knows when" if state.next_step_at is None else moment(state.next_step_at),
        token="" if run is None else run.token,
        reason=state.reason,
        **({} if run is None else _evidence(run)),
    )


def _evidence(run: Run) -> dict[str, object]:
    wanted = 0 if run.standing is None else run.standing.min_evaluations
    return {"failed": run.failed_guard, "guards": guards_text(run), "admitted": run.admitted, "wanted": wanted}


def _percent(share: int) -> str:
    return f"{percent_text(share)} %"
