"""Edit: what a new form of a flag does to its rollout. It may take users out at once, and never lets one in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flagoperator.rollout.allocation import at_goal, placed, rising
from flagoperator.rollout.run import Run, run_id
from flagoperator.rollout.state import Mode, State, Transition
from flagoperator.rollout.verb import Verb

if TYPE_CHECKING:
    from flagoperator.rollout.allocation import Shares
    from flagoperator.rollout.state import Subject


def first_state(subject: Subject, standing: Shares) -> State:
    """Return the state of a flag of which none is kept, by what is served of it (`standing`; empty = nothing).

    Without a ramp it is at its goal.
    """
    ramp = subject.ramp
    if ramp is None or ramp.immediate:
        return State(at_goal(subject.allocations))
    return State(placed(subject.allocations, standing), governed=True)


def after_edit(subject: Subject, state: State, now: float) -> State:
    """Return `state` with the flag as it is now: lowered goals taken, its run fit to it, ended or replaced."""
    state = _governed(subject, _lowered(subject, state, now))
    ramp = subject.ramp
    if not state.governed:
        return _idle(replace(state, shares=at_goal(subject.allocations)))
    if ramp is not None and ramp.immediate:
        return finished(subject, state, "Immediate", now) if _is_short(subject, state) else _idle(state)
    if state.mode is Mode.ROLLED_BACK:
        return _after_rollback(subject, state, now)
    if state.run is not None:
        return _refitted(subject, state, state.run, now)
    return _begun(subject, state, now) if _is_short(subject, state) else _idle(state)


def finished(subject: Subject, state: State, reason: str, now: float, by: str = "") -> State:
    """Return `state` with every goal met and no run."""
    after = replace(state, shares=at_goal(subject.allocations), mode=Mode.COMPLETED, reason=reason, run=None)
    after = replace(after, next_step_at=None)
    return after.told(moved(subject, state, after, reason, now, by))


def rolled_back(subject: Subject, state: State, run: Run, reason: str, now: float, by: str = "") -> State:
    """Return `state` with exactly the users from before the run. It stays there until the flag is edited or retried."""
    pairs = zip(state.shares, placed(subject.allocations, run.start), strict=True)
    shares = tuple(replace(share, percent=min(share.percent, start.percent)) for share, start in pairs)
    run = replace(run, held_since=None)
    after = replace(state, shares=shares, mode=Mode.ROLLED_BACK, reason=reason, run=run, next_step_at=None)
    return after.told(moved(subject, state, after, reason, now, by))


def moved(subject: Subject, before: State, after: State, reason: str, now: float, by: str = "") -> Transition:
    """Return the line of history that says how `before` became `after`."""
    return Transition(now, _lead(subject, before, before), _lead(subject, before, after), reason, by)


def lead(subject: Subject, shares: Shares) -> tuple[int, int]:
    """Return percent and goal of the lowest allocation that rises, or of the last one where none does."""
    up = [(share.percent, each.goal) for each, share in rising(subject.allocations, shares)]
    return min(up, default=(shares[-1].percent, subject.allocations[-1].goal))


def _lead(subject: Subject, before: State, at: State) -> int:
    """Return the percent in `at` of the allocation that led `before`."""
    goals = {each.name: each.goal for each in subject.allocations}
    up = [each for each in before.shares if each.percent < goals.get(each.name, 0)]
    name = min(up, key=lambda each: each.percent).name if up else subject.allocations[-1].name
    return next((each.percent for each in at.shares if each.name == name), 0)


def _lowered(subject: Subject, state: State, now: float) -> State:
    after = replace(state, shares=placed(subject.allocations, state.shares))
    if state.run is not None:
        after = replace(after, run=replace(state.run, start=placed(subject.allocations, state.run.start)))
    run = after.run
    if run is None or _is_short(subject, after):
        return after
    if run.began is None or state.mode is Mode.ROLLED_BACK or _fell(state.shares, after.shares):
        after = replace(after, run=None, mode=Mode.IDLE, reason="Superseded", next_step_at=None)
        return after.told(moved(subject, state, after, "Superseded", now))
    return after


def _fell(before: Shares, after: Shares) -> bool:
    stood = {each.name: each.percent for each in before}
    return any(each.percent < stood.get(each.name, 0) for each in after)


def _governed(subject: Subject, state: State) -> State:
    has = subject.ramp is not None or state.run is not None
    return replace(state, governed=has or (state.governed and _is_short(subject, state)))


def _is_short(subject: Subject, state: State) -> bool:
    """Return whether something is to rise yet."""
    return bool(rising(subject.allocations, state.shares))


def _idle(state: State) -> State:
    if state.mode is Mode.COMPLETED and state.run is None:
        return state
    reason = "Superseded" if state.reason == "Superseded" else "Idle"
    return replace(state, mode=Mode.IDLE, reason=reason, run=None, next_step_at=None)


def _after_rollback(subject: Subject, state: State, now: float) -> State:
    run, ramp = state.run, subject.ramp
    edited = run is None or run.digest != subject.digest
    if ramp is None or ramp.plan is None or not (edited or _retry(subject, state)):
        return state
    return _begun(subject, replace(state, mode=Mode.IDLE, run=None), now)


def _retry(subject: Subject, state: State) -> bool:
    return any(each.verb is Verb.RETRY and not state.has_handled(each) for each in subject.requests)


def _begun(subject: Subject, state: State, now: float) -> State:
    ramp = subject.ramp
    if ramp is None or ramp.plan is None:
        reason = "RampRemoved" if ramp is None else "PlanNotFound"
        return replace(state, mode=Mode.IDLE, reason=reason, run=None, next_step_at=None)
    name = run_id(subject.uid, subject.digest, now)
    run = Run(name, subject.digest, ramp.own, ramp.plan.frozen, state.shares, content=subject.content)
    after = replace(state, mode=Mode.PROGRESSING, reason="Started", run=run)
    return after.told(moved(subject, state, after, "Started", now))


def _refitted(subject: Subject, state: State, run: Run, now: float) -> State:
    ramp = subject.ramp
    if ramp is not None and ramp.plan is not None and ramp.own != run.own:
        run = run.under(ramp.plan, ramp.own, lead(subject, state.shares)[0])
    if run.digest != subject.digest:
        run = run.held_again(subject.digest)
        run = run if run.content == subject.content else run.measured_again(subject.content)
    pairs = zip(run.effective(subject.allocations), state.shares, strict=True)
    if any(planned.percent > share.percent for planned, share in pairs):
        return _another(subject, state, run, now)
    return replace(state, run=run)


def _another(subject: Subject, state: State, run: Run, now: float) -> State:
    """Begin another run where the present one would let users in by the edit alone: who is in now, is in its start."""
    ramp = subject.ramp
    plan, own = (run.plan, run.own) if ramp is None or ramp.plan is None else (ramp.plan.frozen, ramp.own)
    fresh = Run(run_id(subject.uid, subject.digest, now), subject.digest, own, plan, state.shares)
    fresh = replace(fresh, content=subject.content, paused=run.paused)
    after = replace(state, mode=Mode.PROGRESSING, reason="Started", run=fresh, next_step_at=None)
    return after.told(moved(subject, state, after, "Started", now))
