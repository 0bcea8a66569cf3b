"""Run: one walk of a flag from where it stood to its goal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from flagoperator.rollout.allocation import Share, placed
from flagoperator.rollout.guards.judgement import kept_evidence, restarted_evidence
from flagoperator.rollout.ratio import Ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagoperator.rollout.allocation import Allocation, Shares
    from flagoperator.rollout.guards.guard import Evidence
    from flagoperator.rollout.plan import Plan, Step

NOBODY = Ratio()


@dataclass(frozen=True, slots=True)
class Run:
    """A walk.

    Attributes:
        id: 8 hexadecimal digits.
        digest: of the flag as it is measured.
        own: the flag's own words for its ramp when the plan was taken.
        plan: frozen when the run began.
        start: where every allocation stood then; a rollback goes back to exactly this.
        phase: counted from 0.
        step: how many steps of the phase were taken or passed.
        limit: what allocations of the phase may reach, in units of 0.001 %.
        restarts: how often this step was held again because the flag was edited.
        held: seconds held before `held_since`.
        held_since: seconds since 1970 from which the hold counts; None while it stands still.
        began: seconds since 1970 of the first step; None before it.
        approved: whether the step may be left.
        paused: whether somebody paused the run.
        extended: whether somebody resumed it after its deadline.
        uncontrolled: whether nobody is left to compare with: comparisons stand still, and hold nothing up.
        guards: what was measured, by guard.
        failed_guard: name of the guard that paused the run or took it back; empty = none did.
        noted: seconds since 1970 at which numbers alone made the state another.
        admitted: answers counted at this step that let somebody in.
        counted: what the counter of such answers said last.
        ratio: whether its users are divided as they should be.
        spent: how many restarts a comparison has behind it that an edit of the ramp begins: it pays for those given up.
        content: hash of the flag without its ramp, as it is measured.
    """

    id: str
    digest: str
    own: str
    plan: Plan
    start: Shares
    phase: int = 0
    step: int = 0
    limit: int = 0
    restarts: int = 0
    held: float = 0.0
    held_since: float | None = None
    began: float | None = None
    approved: bool = False
    paused: bool = False
    extended: bool = False
    uncontrolled: bool = False
    guards: tuple[Evidence, ...] = ()
    failed_guard: str = ""
    noted: float | None = None
    admitted: int = field(default=0, compare=False)
    counted: int = field(default=0, compare=False)
    ratio: Ratio = NOBODY
    spent: int = 0
    content: str = ""

    @property
    def token(self) -> str:
        """What an approval has to quote: run, phase and step, and how often the step was held again."""
        again = f".{self.restarts}" if self.restarts else ""
        return f"{self.id}-{self.phase + 1}-{self.step}{again}"

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the present phase."""
        return self.plan.steps_of(self.phase)

    @property
    def standing(self) -> Step | None:
        """The step whose hold and approval count now; None before the first."""
        if self.step:
            return self.steps[self.step - 1]
        if not self.limit:
            return None
        # The plan was replaced by one whose first step is still ahead: its hold is what the new plan asks of a stop.
        return replace(self.steps[0], approval=False, min_evaluations=0)

    @property
    def hold(self) -> int:
        """Seconds that the present step is to be held."""
        return 0 if self.standing is None else self.standing.hold

    def elapsed(self, now: float) -> float:
        """Return the seconds that the present step was held; never negative, whatever the clock does."""
        return self.held + (0.0 if self.held_since is None else max(0.0, now - self.held_since))

    def effective(self, allocations: Sequence[Allocation]) -> Shares:
        """Return what `allocations` are at in this run."""
        start = placed(allocations, self.start)
        pairs = zip(allocations, start, strict=True)
        return tuple(Share(each.name, self._percent(each, share.percent), each.conditions) for each, share in pairs)

    def held_again(self, digest: str) -> Run:
        """Return the run with its present step held and approved again: the flag, or its ramp, is another."""
        again = replace(self, digest=digest, held=0.0, held_since=None, approved=False, admitted=0, counted=0)
        return again if again.step == 0 and not again.limit else replace(again, restarts=again.restarts + 1)

    def measured_again(self, content: str) -> Run:
        """Return the run with what was measured forgotten: the flag is another."""
        guards, ratio = restarted_evidence(self), self.ratio.restarted()
        return replace(self, content=content, guards=guards, failed_guard="", ratio=ratio)

    def under(self, plan: Plan, own: str, lowest: int) -> Run:
        """Return the run under another plan: its next step is the first above `lowest`, where the lowest stands."""
        phase = min(self.phase, plan.phase_count - 1)
        step = sum(1 for each in plan.steps_of(phase) if each.percent <= lowest)
        guards = kept_evidence(self, plan.guards)
        spent = max(self.spent, *(each.price_again for each in self.guards if each not in guards), 0)
        failed = self.failed_guard if any(each.name == self.failed_guard for each in guards) else ""
        other = replace(self, plan=plan.frozen, own=own, phase=phase, step=step)
        return replace(other, guards=guards, failed_guard=failed, spent=spent)

    def at(self, phase: int, step: int, limit: int, now: float) -> Run:
        """Return the run at another stop, not held yet."""
        fresh = replace(self, phase=phase, step=step, limit=limit, restarts=0, held=0.0, held_since=None)
        fresh = replace(fresh, approved=False, admitted=0, counted=0)
        return replace(fresh, began=now if self.began is None else self.began)

    def with_count(self, count: int) -> Run:
        """Return the run with `count`, the counter of admitted answers at this step; it is counted while it is held."""
        if count == self.counted:
            return self
        grown = count - self.counted if count > self.counted else count  # a counter that fell began at 0
        return replace(self, counted=count, admitted=self.admitted + (grown if self.held_since is not None else 0))

    def _percent(self, allocation: Allocation, start: int) -> int:
        phase = self.plan.phase_of(allocation.name)
        if phase > self.phase:
            return min(allocation.goal, start)
        if phase < self.phase:
            return allocation.goal
        return min(allocation.goal, max(start, self.limit))


def run_id(uid: str, digest: str, now: float) -> str:
    """Return the id of a run of the object `uid` that begins `now`."""
    return sha256(f"{uid}\n{digest}\n{now:.6f}".encode()).hexdigest()[:8]
