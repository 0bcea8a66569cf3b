"""Walk: all that is kept of one flag whose percentages rise step by step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flagd.compiler.form.rise import Rise
from flagd.engine.flag import splits_of
from flagoperator.reconcile.ramps.subject import by_name
from flagoperator.rollout import Mode, Share, World
from flagoperator.rollout.allocation import placed, rising
from flagoperator.rollout.arm import arms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.compiler.form.limit import Limits
    from flagd.engine.split import Split
    from flagd.ruleset import EvaluationFlag
    from flagoperator.rollout import Allocation, Shares, State, Subject

Seen = tuple[object, ...]
"""What a tick sees besides the clock: version of the object, whether it is acknowledged, whether all is paused, when
guards were measured, how many answers were counted."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One flag.

    Attributes:
        uid: of the object.
        key: what it is asked by.
        generation: of the spec that `subject` is made of.
        state: what is decided.
        reach: what it is compiled with: never above what its status has, so that a restart takes nobody out.
        arms: allocations of which users are told their arm, with where they stood when the run began.
        subject: the flag as it was compiled last; None while it cannot be used: nothing moves then.
        sequence: number of the first publication with this form; None while it is not published.
        form: the compiled flag that was published last, with its number.
        splits: how that divides the users of a run; empty where no run compares them.
        seen: what the last tick saw that changed nothing; None = it is to tick.
        followed: version of the object whose status was taken over last.
        measured: hash of what its percentages do not change, as it was compiled last; empty before.
        edited: whether that is another one since the last tick.
        served: whether every ready replica has had the present shares.
        lost: whether nobody knows where it stands: no status says it, and the replicas were not heard. It holds then.
    """

    uid: str
    key: str
    generation: int
    state: State
    reach: Limits
    arms: Limits = field(default_factory=dict)
    subject: Subject | None = None
    sequence: int | None = None
    form: tuple[EvaluationFlag, int] | None = None
    splits: tuple[Split, ...] = ()
    seen: Seen | None = None
    followed: str = ""
    measured: bytes = b""
    edited: bool = False
    served: bool = False
    lost: bool = False

    @property
    def shares(self) -> Shares:
        """Where its allocations stand by what is decided, one for each that it has now."""
        return self.state.shares if self.subject is None else placed(self.subject.allocations, self.state.shares)

    @property
    def rise(self) -> Rise:
        """What it is compiled with."""
        return Rise(self.reach, self.arms)

    def armed(self, allocations: Sequence[Allocation]) -> Walk:
        """Return the walk with the arms of its run, where its `allocations` reach now."""
        run = self.state.run
        if run is None or self.state.mode is Mode.ROLLED_BACK:
            return replace(self, arms={})
        reached = tuple(Share(each.name, self.reach.get(each.name, 0)) for each in allocations)
        return replace(self, arms=arms(run, allocations, reached))

    @property
    def is_published(self) -> bool:
        """Whether what is decided is also what it is compiled with."""
        return by_name(self.state.shares) == self.reach

    def world(self, floor: int, *, paused: bool) -> World:
        """Return what every ready replica has of it; `floor` is the oldest publication that any of them serves."""
        if self.subject is None or self.sequence is None or floor < self.sequence:
            return World(paused=paused)
        reached = tuple((each.name, self.reach.get(each.name, 0)) for each in self.subject.allocations)
        return World(self.subject.digest, reached, paused)

    @property
    def counting(self) -> tuple[str, tuple[str, ...]] | None:
        """The token and the rising allocations for which answers are to be counted; None where they need not be."""
        run, subject = self.state.run, self.subject
        step = None if run is None else run.standing
        if run is None or subject is None or step is None or not step.min_evaluations:
            return None
        started = placed(subject.allocations, run.start)
        return run.token, tuple(each.name for each, _ in rising(subject.allocations, started))

    def due(self, now: float) -> bool:
        """Return whether the clock alone may change something."""
        run = self.state.run
        if run is None or self.state.mode is Mode.ROLLED_BACK:
            return False
        if self.state.next_step_at is not None and now >= self.state.next_step_at:
            return True
        if self.state.reason == "Holding" and run.elapsed(now) >= run.hold:
            return True  # whatever comes next: a person who is waited for has to be told
        return run.plan.deadline is not None and run.began is not None and now > run.began + run.plan.deadline

    def compiled(self, subject: Subject | None, measured: bytes, generation: int) -> Walk:
        """Return the walk with `subject` as the flag that was compiled; None where it cannot be used."""
        if subject is None:
            return replace(self, subject=None, generation=generation, seen=None)
        edited = self.edited or self.measured not in (b"", measured)
        return replace(self, subject=subject, generation=generation, seen=None, measured=measured, edited=edited)

    @property
    def sampling(self) -> tuple[str, tuple[Split, ...]]:
        """The id of the run, and the splits of its published form, of which users are to be seen."""
        run = self.state.run
        return ("", ()) if run is None or self.sequence is None or not self.arms else (run.id, self.splits)

    def published(self, form: EvaluationFlag | None, number: int) -> Walk:
        """Return the walk with `form` as what is published; None = not yet. `number` is the last publication's."""
        if form is None:
            return self if self.sequence is None else replace(self, sequence=None)
        if self.form is None or self.form[0] is not form:
            splits = splits_of(form) if self.arms else ()
            return replace(self, form=(form, number), splits=splits, sequence=number, seen=None)
        return self if self.sequence is not None else replace(self, sequence=self.form[1], seen=None)

    def decided(self, state: State, known: Mapping[str, int]) -> Walk:
        """Return the walk with `state`, and a reach that rises no further than what is `known` by its status."""
        reach = {
            each.name: min(each.percent, max(self.reach.get(each.name, 0), known.get(each.name, 0)))
            for each in state.shares
        }
        if reach == self.reach:
            return replace(self, state=state)
        return replace(self, state=state, reach=reach, sequence=None, served=False)
