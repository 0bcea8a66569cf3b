"""Tick: the state machine of a rollout as one pure function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagoperator.rollout.edit import after_edit
from flagoperator.rollout.progress import progressed
from flagoperator.rollout.request import after_requests
from flagoperator.rollout.state import Mode

if TYPE_CHECKING:
    from flagoperator.rollout.state import State, Subject, World


def tick(subject: Subject, state: State, world: World, now: float) -> State:
    """Return what becomes of `state`; an equal one where there is nothing to do.

    In this order: what an edit takes back, what people ask for, the clock, at most one step forward. `now` is in whole
    seconds since 1970, as a status records them; a clock that goes back makes nothing negative.
    """
    state = after_requests(subject, after_edit(subject, state, now), world, now)
    if state.run is None or state.mode is Mode.ROLLED_BACK:
        return state
    return progressed(subject, state, state.run, world, now)
