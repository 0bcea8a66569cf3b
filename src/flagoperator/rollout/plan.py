"""Plan: how a percentage may approach its goal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagoperator.rollout.guards.guard import Guard
    from flagoperator.rollout.window import Window

PLAIN_ALPHA = 0.01
REST = "All Other Users"
"""The allocation of anyone who matched no segment."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the way.

    Attributes:
        percent: in units of 0.001 %.
        hold: seconds to stay.
        approval: whether somebody has to approve before it is left.
        min_evaluations: answers that let somebody in by what rises, to be counted before it is left.
    """

    percent: int
    hold: int = 0
    approval: bool = False
    min_evaluations: int = 0


@dataclass(frozen=True, slots=True)
class Phase:
    """An audience that rises before the next one begins.

    Attributes:
        names: of its allocations.
        steps: its own; empty = those of the plan.
    """

    names: frozenset[str]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """How a percentage may approach its goal.

    Attributes:
        steps: strictly rising, the last is 100 %.
        phases: audiences in order; empty = all at once.
        windows: when a step forward may be taken; empty = always.
        not_before: seconds since 1970 before which none is taken; None = no such time.
        deadline: seconds from the first step to the last; None = none.
        deadline_rolls_back: whether a run that missed its deadline goes back; otherwise it pauses.
        paused: whether nothing moves forward.
        guards: what is measured meanwhile.
        alpha: share of runs without harm that all its comparisons together may take back.
    """

    steps: tuple[Step, ...]
    phases: tuple[Phase, ...] = ()
    windows: tuple[Window, ...] = ()
    not_before: float | None = None
    deadline: int | None = None
    deadline_rolls_back: bool = False
    paused: bool = False
    guards: tuple[Guard, ...] = ()
    alpha: float = PLAIN_ALPHA

    @property
    def limit(self) -> float:
        """What E of one comparison must reach: 1/alpha, shared out over all of them."""
        return max(1, sum(each.comparison is not None for each in self.guards)) / self.alpha

    @property
    def phase_count(self) -> int:
        """How many phases there are; a plan that names none has one."""
        return max(1, len(self.phases))

    def steps_of(self, phase: int) -> tuple[Step, ...]:
        """Return the steps of the phase `phase`, counted from 0."""
        own = self.phases[phase].steps if self.phases else ()
        return own or self.steps

    def phase_of(self, name: str) -> int:
        """Return the phase in which the allocation `name` rises; what is named nowhere rises with the last."""
        named = (index for index, phase in enumerate(self.phases) if name in phase.names)
        return next(named, self.phase_count - 1)

    @property
    def frozen(self) -> Plan:
        """What a run keeps: all but the brake, which is read live."""
        return replace(self, paused=False)


@dataclass(frozen=True, slots=True)
class Ramp:
    """What a flag says of its ramp.

    Attributes:
        plan: the plan to walk by; None where it names one that does not exist.
        own: the flag's own words for it, as one text; an edit of them applies to a run, one of a shared plan does not.
        immediate: whether the goal is taken at once.
    """

    plan: Plan | None
    own: str = ""
    immediate: bool = False
