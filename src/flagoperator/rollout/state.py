"""State: all that is known of the rollout of one flag; with it a restarted operator goes on as if nothing had been."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.rollout.allocation import Allocation, Shares
    from flagoperator.rollout.guards.guard import Measurement
    from flagoperator.rollout.plan import Ramp
    from flagoperator.rollout.ratio import Tally
    from flagoperator.rollout.run import Run
    from flagoperator.rollout.verb import Handled, Request

LONGEST_HISTORY = 10


class Mode(StrEnum):
    """How a rollout stands."""

    IDLE = "Idle"
    PROGRESSING = "Progressing"
    PAUSED = "Paused"
    COMPLETED = "Completed"
    ROLLED_BACK = "RolledBack"


@dataclass(frozen=True, slots=True)
class Subject:
    """A flag, as far as its rollout goes.

    Attributes:
        uid: of the object.
        digest: hash of whatever an edit of the flag may change but its percents.
        allocations: in order, the last is All Other Users.
        ramp: what it says of its ramp, or what a default plan says; None without either.
        requests: what is asked for by annotations.
        content: hash of the same without its ramp: another one makes what comparisons have counted worthless.
    """

    uid: str
    digest: str
    allocations: tuple[Allocation, ...]
    ramp: Ramp | None = None
    requests: tuple[Request, ...] = ()
    content: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """What is seen outside.

    Attributes:
        digest: of the flag that every ready replica has acknowledged; empty where none is ready, or one lags.
        percents: name and percent of its allocations, as acknowledged.
        paused: whether the whole operator moves nothing forward.
        measurements: the newest of every guard of the run, by name.
        admitted: what the counter of answers says that let somebody in at this step by what rises.
        tallies: the users who were seen, by segment; empty where they are not counted at present.
    """

    digest: str = ""
    percents: tuple[tuple[str, int], ...] = ()
    paused: bool = False
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    admitted: int = 0
    tallies: tuple[Tally, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """What happened, for people.

    Attributes:
        at: seconds since 1970.
        before: the lowest percent of those that rise, before, in units of 0.001 %.
        after: the same, after.
        reason: one CamelCase word.
        by: who asked for it; empty where nobody did.
    """

    at: float
    before: int
    after: int
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where a rollout stands.

    Attributes:
        shares: what is served, or to be.
        mode: how it stands.
        reason: why, as one CamelCase word.
        next_step_at: seconds since 1970 of the next step, if nothing comes between; None where nobody knows.
        run: the walk; kept after a rollback, whose digest latches.
        governed: whether a ramp has the say: also one that was taken away while a goal is not met.
        handled: the last request heard of each verb.
        history: the newest last.
    """

    shares: Shares
    mode: Mode = Mode.IDLE
    reason: str = "Idle"
    next_step_at: float | None = None
    run: Run | None = None
    governed: bool = False
    handled: tuple[Handled, ...] = ()
    history: tuple[Transition, ...] = ()

    def has_handled(self, request: Request) -> bool:
        """Return whether `request` was heard already."""
        return any((each.verb, each.token) == (request.verb, request.token) for each in self.handled)

    def with_handled(self, handled: Handled) -> State:
        """Return the state with `handled` as the last request of its verb."""
        others = tuple(each for each in self.handled if each.verb is not handled.verb)
        return replace(self, handled=(*others, handled))

    def told(self, transition: Transition) -> State:
        """Return the state with one more line of history."""
        return replace(self, history=(*self.history, transition)[-LONGEST_HISTORY:])
