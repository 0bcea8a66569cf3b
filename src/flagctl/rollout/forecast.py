"""Forecast: how a ramp goes if nothing comes between: the rollout itself, run ahead of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from flagoperator.rollout import Mode, Phase, Plan, Ramp, Subject, World, first_state, percents, tick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagoperator.rollout import Allocation, Run, State, Step

MOST_STOPS = 500


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop on the way.

    Attributes:
        at: seconds since 1970 at which it is reached.
        phase: counted from 0.
        moved: allocations that rise there, each with its percent in units of 0.001 %.
        step: what is asked for before it is left.
    """

    at: float
    phase: int
    moved: tuple[tuple[str, int], ...]
    step: Step


def forecast(allocations: tuple[Allocation, ...], plan: Plan, start: float) -> tuple[list[Stop], float | None]:
    """Return the stops of a flag that is new at `start`, and when all is over; None where a window never opens.

    Approvals are given at once, guards are good, and every answer comes in time.
    """
    subject = Subject("", "forecast", allocations, Ramp(_undisturbed(plan)))
    state, now, stops = first_state(subject, ()), float(ceil(start)), list[Stop]()
    for _ in range(MOST_STOPS):
        before, state = state, tick(subject, state, World("forecast", percents(state.shares)), now)
        if state.run is not None and percents(before.shares) != percents(state.shares):
            stops.append(Stop(now, state.run.phase, tuple(_moved(before, state)), _asked(plan, state.run)))
        if state.mode in (Mode.COMPLETED, Mode.IDLE):
            return stops, now
        if state == before:
            if state.next_step_at is None or state.next_step_at <= now:
                return stops, None
            now = float(ceil(state.next_step_at))
    return stops, None


def _moved(before: State, after: State) -> Iterator[tuple[str, int]]:
    stood = {each.name: each.percent for each in before.shares}
    return ((each.name, each.percent) for each in after.shares if each.percent > stood.get(each.name, 0))


def _asked(plan: Plan, run: Run) -> Step:
    return plan.steps_of(run.phase)[run.step - 1]


def _undisturbed(plan: Plan) -> Plan:
    phases = tuple(Phase(each.names, _plain(each.steps)) for each in plan.phases)
    return replace(plan, steps=_plain(plan.steps), phases=phases, guards=(), paused=False, deadline=None)


def _plain(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(replace(each, approval=False, min_evaluations=0) for each in steps)
