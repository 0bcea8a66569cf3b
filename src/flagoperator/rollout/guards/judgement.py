"""Judgement: what the guards of a run say, from one measurement to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flagoperator.evidence.e_process import EProcess
from flagoperator.rollout.guards.comparison import Compared
from flagoperator.rollout.guards.guard import Evidence, Reaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagoperator.rollout.guards.guard import Guard, Measurement
    from flagoperator.rollout.run import Run

NOTE_SECONDS = 600
"""How often numbers alone make a state another, so that a status has them and is not written every minute."""


def evidence_of(run: Run, guard: Guard) -> Evidence:
    """Return what is known of `guard`."""
    return next((each for each in run.guards if each.name == guard.name), _first_evidence(run, guard))


def measured(run: Run, measurements: Mapping[str, Measurement]) -> Run:
    """Return the run with the newest of `measurements`, by guard, taken in; each is taken in once."""
    limit = run.plan.limit
    found = tuple(_with(evidence_of(run, each), each, measurements.get(each.name), limit) for each in run.plan.guards)
    known = any(each.last is not None or each.compared is not None for each in found)
    return replace(run, guards=found) if known else run


def noted(before: Run, after: Run, now: float) -> Run:
    """Return `after`, made another than `before` by its numbers alone if none were noted lately."""
    recently = before.noted is not None and before.noted <= now < before.noted + NOTE_SECONDS
    numbers = [(each.admitted, [guard.last for guard in each.guards], each.ratio.tallies) for each in (before, after)]
    return after if recently or numbers[0] == numbers[1] else replace(after, noted=now)


def due_guards(run: Run, now: float) -> Iterator[Guard]:
    """Yield the guards to be measured now: each at its interval, from the first step to the end of the run."""
    if run.began is None:
        return
    for guard in _in_use(run):
        last = evidence_of(run, guard).last
        if last is None or not last.at <= now < last.at + guard.interval:
            yield guard


def missed_ages(run: Run, guard: Guard, now: float) -> list[int]:
    """Return how many seconds ago `guard` was to be measured and was not, the longest ago first.

    Without a measurement of the run nothing was missed. No more than could end in a failure are of interest.
    """
    last = evidence_of(run, guard).last
    if last is None:
        return []
    count = int((now - last.at) // guard.interval) - 1
    return [guard.interval * back for back in range(min(count, guard.failure_limit + 1), 0, -1)]


def failed_guard(run: Run, reaction: Reaction) -> str:
    """Return the name of the first guard with this `reaction` that has failed more often than is borne; else empty."""
    over = (each.name for each in _with_reaction(run, reaction) if evidence_of(run, each).failures > each.failure_limit)
    return next(over, "")


def is_failing(run: Run) -> bool:
    """Return whether the newest measurement of any guard that holds the run up has failed."""
    return any(evidence_of(run, each).failures for each in _that_count(run))


def silent_guard(run: Run) -> str:
    """Return the name of the first guard that holds the run up and has given no number for too long; else empty."""
    return next((each.name for each in _that_count(run) if evidence_of(run, each).errors > each.error_limit), "")


def unproven_guard(run: Run) -> str:
    """Return the first guard without a good measurement since the present hold began; empty = all have one."""
    since = float("inf") if run.held_since is None else run.held_since
    waiting = (each.name for each in _that_count(run) if not evidence_of(run, each).is_good(each, since))
    return next(waiting, "")


def forgiven(run: Run) -> Run:
    """Return the run as somebody resumes it: what made it pause has to happen again to do so."""
    found = tuple(each.restarted(edited=False) if each.name == run.failed_guard else each for each in run.guards)
    return replace(run, guards=found, failed_guard="")


def restarted_evidence(run: Run) -> tuple[Evidence, ...]:
    """Return what is kept of the evidence when the flag is another: what comparisons cost from now on."""
    return tuple(each.restarted(edited=True) for each in run.guards if each.compared is not None)


def kept_evidence(run: Run, guards: tuple[Guard, ...]) -> tuple[Evidence, ...]:
    """Return what holds of the evidence under other `guards`: that of those which measure the same."""
    before = {each.name: each for each in run.plan.guards}
    same = {each.name for each in guards if each.name in before and each.measures_as(before[each.name])}
    return tuple(each for each in run.guards if each.name in same)


def _first_evidence(run: Run, guard: Guard) -> Evidence:
    compared = None
    if guard.comparison is not None and run.spent:
        compared = Compared(EProcess(guard.comparison.margin), restarts=run.spent)
    return Evidence(guard.name, compared=compared)


def _with(evidence: Evidence, guard: Guard, measurement: Measurement | None, limit: float) -> Evidence:
    if measurement is None or (evidence.last is not None and measurement.at == evidence.last.at):
        return evidence
    for each in (*measurement.missed, replace(measurement, missed=())):
        evidence = evidence.after(guard, each, limit)
    return evidence


def _with_reaction(run: Run, reaction: Reaction) -> Iterator[Guard]:
    return (each for each in run.plan.guards if each.reaction is reaction)


def _that_count(run: Run) -> Iterator[Guard]:
    return (each for each in _in_use(run) if each.reaction is not Reaction.REPORT)


def _in_use(run: Run) -> Iterator[Guard]:
    return (each for each in run.plan.guards if each.comparison is None or not run.uncontrolled)
