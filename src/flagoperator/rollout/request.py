"""Requests: what people ask of a run, in one order and each once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flagoperator.rollout.edit import finished, moved, rolled_back
from flagoperator.rollout.guards.judgement import forgiven, is_failing
from flagoperator.rollout.progress import braked, is_late
from flagoperator.rollout.state import Mode
from flagoperator.rollout.verb import Handled, Verb

if TYPE_CHECKING:
    from flagoperator.rollout.run import Run
    from flagoperator.rollout.state import State, Subject, World
    from flagoperator.rollout.verb import Request

_ORDER = tuple(Verb)
_SAID = {Verb.PAUSE: "PausedByRequest", Verb.RESUME: "Resumed", Verb.APPROVE: "Approved"}


def after_requests(subject: Subject, state: State, world: World, now: float) -> State:
    """Return `state` with every new request heard. What quotes another run or step is ignored."""
    for request in sorted(subject.requests, key=lambda each: _ORDER.index(each.verb)):
        if not state.has_handled(request):
            state = _heard(subject, state, request, world, now)
    return state


def _heard(subject: Subject, state: State, request: Request, world: World, now: float) -> State:
    handled = state.with_handled(Handled(request.verb, request.token, request.by, now))
    run = state.run
    if request.verb is Verb.RETRY:
        return handled  # acted upon with the edit, where a rollback latches
    if run is None or state.mode is Mode.ROLLED_BACK or not request.is_meant_for(run.id, run.token):
        return state
    if request.verb is Verb.ABORT:
        return rolled_back(subject, handled, run, "Aborted", now, request.by)
    if request.verb is Verb.PROMOTE:
        return _promoted(subject, handled, run, request, world, now)
    after = replace(handled, run=_asked(run, request.verb, now))
    return after.told(moved(subject, state, after, _SAID[request.verb], now, request.by))


def _asked(run: Run, verb: Verb, now: float) -> Run:
    if verb is Verb.PAUSE:
        return replace(run, paused=True)
    if verb is Verb.RESUME:
        return replace(forgiven(run), paused=False, extended=run.extended or is_late(run, now))
    return replace(run, approved=True)


def _promoted(subject: Subject, state: State, run: Run, request: Request, world: World, now: float) -> State:
    failing = is_failing(run) and not request.is_forced
    if failing or braked(subject, run, world, now):
        return state.told(moved(subject, state, state, "PromoteRefused", now, request.by))
    return finished(subject, state, "Promoted", now, request.by)
