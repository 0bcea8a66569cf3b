"""Progress: whether a run stands, and when it steps forward."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flagoperator.rollout.allocation import percents
from flagoperator.rollout.arm import is_uncontrolled
from flagoperator.rollout.edit import finished, moved, rolled_back
from flagoperator.rollout.guards.guard import Reaction
from flagoperator.rollout.guards.judgement import failed_guard, measured, noted, silent_guard, unproven_guard
from flagoperator.rollout.state import Mode
from flagoperator.rollout.window import is_open, next_opening

if TYPE_CHECKING:
    from flagoperator.rollout.allocation import Shares
    from flagoperator.rollout.plan import Plan
    from flagoperator.rollout.run import Run
    from flagoperator.rollout.state import State, Subject, World


def progressed(subject: Subject, state: State, run: Run, world: World, now: float) -> State:
    """Return `state` one tick on: its clock, and at most one step."""
    if is_late(run, now) and run.plan.deadline_rolls_back:
        return rolled_back(subject, state, run, "Deadline", now)
    after = replace(measured(run, world.measurements).with_count(world.admitted), ratio=run.ratio.after(world.tallies))
    if after.ratio.culprit is not None and run.ratio.culprit is None:
        state = state.told(moved(subject, state, state, "Imbalance", now, f"segment {after.ratio.found}"))
    run = noted(run, after, now)
    run = replace(run, uncontrolled=is_uncontrolled(run, subject.allocations, state.shares))
    if guard := failed_guard(run, Reaction.ROLLBACK):
        return rolled_back(subject, state, replace(run, failed_guard=guard), "GuardFailed", now, f"guard {guard}")
    if not run.failed_guard and (guard := failed_guard(run, Reaction.PAUSE)):
        run = replace(run, failed_guard=guard)
        state = state.told(moved(subject, state, state, "GuardFailed", now, f"guard {guard}"))
    brake = braked(subject, run, world, now)
    if brake == "Inconclusive" and state.reason != brake:
        state = state.told(moved(subject, state, state, brake, now, f"guard {silent_guard(run)}"))
    acknowledged = (world.digest, world.percents) == (subject.digest, percents(state.shares))
    run = _clocked(run, now, runs=acknowledged and not brake)
    if brake:
        return replace(state, run=run, mode=Mode.PAUSED, reason=brake, next_step_at=None)
    state = replace(state, run=run, mode=Mode.PROGRESSING)
    if reason := _held(run, now, acknowledged=acknowledged):
        return replace(state, reason=reason, next_step_at=_due(subject, run, state.shares, reason))
    return _forward(subject, state, run, now)


def braked(subject: Subject, run: Run, world: World, now: float) -> str:
    """Return why nothing moves, as one CamelCase word; empty where it may."""
    ramp = subject.ramp
    plan = None if ramp is None else ramp.plan
    if world.paused:
        return "AllPaused"
    if plan is not None and plan.paused:
        return "PausedInGit"
    if ramp is not None and plan is None and ramp.own != run.own:
        return "PlanNotFound"
    if run.paused:
        return "Manual"
    if run.failed_guard:
        return "GuardFailed"
    if silent_guard(run):
        return "Inconclusive"
    return "Deadline" if is_late(run, now) else ""


def is_late(run: Run, now: float) -> bool:
    """Return whether the deadline is over and nobody has resumed the run since."""
    if run.plan.deadline is None or run.began is None or run.extended:
        return False
    return now - run.began > run.plan.deadline


def next_stop(subject: Subject, run: Run, shares: Shares, now: float) -> Run | None:
    """Return the run at the next stop that lets somebody in; None where no step does."""
    step = run.step
    for phase in range(run.phase, run.plan.phase_count):
        for index, each in enumerate(run.plan.steps_of(phase)[step:], step + 1):
            stop = run.at(phase, index, each.percent, now)
            if _rises(stop.effective(subject.allocations), shares):
                return stop
        step = 0
    return None


def _clocked(run: Run, now: float, *, runs: bool) -> Run:
    if runs and run.held_since is None:
        return replace(run, held_since=now)
    if not runs and run.held_since is not None:
        return replace(run, held=run.elapsed(now), held_since=None)
    return run


def _held(run: Run, now: float, *, acknowledged: bool) -> str:
    """Return what the present stop waits for, whatever comes next; empty where it may be left."""
    if not acknowledged:
        return "Publishing"
    if run.elapsed(now) < run.hold:
        return "Holding"
    step = run.standing
    if step is None:
        return ""
    if run.admitted < step.min_evaluations:
        return "AwaitingEvaluations"
    if unproven_guard(run):
        return "AwaitingGuards"
    return "AwaitingApproval" if step.approval and not run.approved else ""


def _forward(subject: Subject, state: State, run: Run, now: float) -> State:
    stop = next_stop(subject, run, state.shares, now)
    if stop is None:
        return finished(subject, state, "Completed", now)
    if shut := _shut(run.plan, now):
        return replace(state, reason=shut, next_step_at=_opening(run.plan, now))
    pairs = zip(stop.effective(subject.allocations), state.shares, strict=True)
    shares = tuple(replace(share, percent=max(share.percent, each.percent)) for each, share in pairs)
    after = replace(state, shares=shares, run=stop, reason="Publishing", next_step_at=None)
    return after.told(moved(subject, state, after, "Step", now))


def _rises(planned: Shares, shares: Shares) -> bool:
    return any(each.percent > share.percent for each, share in zip(planned, shares, strict=True))


def _shut(plan: Plan, now: float) -> str:
    if plan.not_before is not None and now < plan.not_before:
        return "NotBefore"
    return "" if is_open(plan.windows, now) else "OutsideWindow"


def _due(subject: Subject, run: Run, shares: Shares, reason: str) -> float | None:
    """Return when the present hold is over and a step may be taken; None where more than time is waited for.

    Windows are for steps: the hold of the last stop is over when it is over.
    """
    step = run.standing
    if run.held_since is None or reason.startswith("Awaiting") or (step and step.approval and not run.approved):
        return None
    over = run.held_since + max(0.0, run.hold - run.held)
    return over if next_stop(subject, run, shares, over) is None else _opening(run.plan, over)


def _opening(plan: Plan, at: float) -> float | None:
    return next_opening(plan.windows, at if plan.not_before is None else max(at, plan.not_before))
