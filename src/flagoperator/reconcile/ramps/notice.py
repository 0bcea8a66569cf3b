"""Notice: what people should know of a rollout that changes nothing about it, told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagoperator.rollout import Mode, State, Transition, lead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagoperator.reconcile.ramps.walk import Walk
    from flagoperator.rollout import Subject


def noticed(walk: Walk, subject: Subject, state: State, now: int) -> State:
    """Return `state`, which `walk` has come to, with what is to be noticed about `subject` in its history."""
    percent = lead(subject, state.shares)[0]
    for reason in _reasons(walk, subject, state):
        state = state.told(Transition(float(now), percent, percent, reason))
    return state


def _reasons(walk: Walk, subject: Subject, state: State) -> Iterator[str]:
    if walk.edited and any(each.percent for each in state.shares):
        yield "NotRamped"
    running = state.run is not None and state.mode is not Mode.ROLLED_BACK
    if running and subject.ramp is None and not _has_told(state, "RampRemoved"):
        yield "RampRemoved"


def _has_told(state: State, reason: str) -> bool:
    """Return whether `reason` was told since the present run began."""
    told = [each.reason for each in state.history]
    if reason not in told:
        return False
    since = len(told) - 1 - told[::-1].index(reason)
    return "Started" not in told[since:]
