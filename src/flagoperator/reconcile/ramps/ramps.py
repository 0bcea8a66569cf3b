"""Ramps: the walks of all flags that have a ramp. One task compiles and ticks; readers take one walk at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flagd.manifest import Flag
from flagoperator.reconcile.ramps.decision import Decision
from flagoperator.reconcile.ramps.notice import noticed
from flagoperator.reconcile.ramps.plans import Plans, plans_of
from flagoperator.reconcile.ramps.standing import (
    Before,
    confirmed,
    is_unknown,
    lowered,
    not_above,
    recorded_state,
    standing,
)
from flagoperator.reconcile.ramps.subject import allocations_of, by_name, subject_of
from flagoperator.reconcile.ramps.surroundings import Surroundings
from flagoperator.reconcile.ramps.walk import Walk
from flagoperator.rollout import Share, State, Subject, first_state, tick
from flagoperator.rollout.allocation import placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flagd.compiler.form.rise import Rise
    from flagd.manifest import ResourceRef
    from flagd.ruleset import EvaluationFlag
    from flagoperator.reconcile.entry import Entry
    from flagoperator.reconcile.ramps.walk import Seen
    from flagoperator.rollout import Ramp

PLAN = "FlagRolloutPlan"
NO_PLANS = Plans()
MOST_AT_ONCE = 500
"""Walks that one tick changes: with more, probes would wait."""


@dataclass(frozen=True, slots=True)
class Round:
    """One look at all walks.

    Attributes:
        now: whole seconds since 1970.
        floors: the oldest publication that any ready replica serves, by project; -1 where one serves none of it.
        paused: whether nothing moves forward.
        surroundings: what was measured and counted.
    """

    now: int
    floors: Mapping[str, int] = field(default_factory=dict)
    paused: bool = False
    surroundings: Surroundings = field(default_factory=Surroundings)


class Ramps:
    """Kept with the projects."""

    def __init__(self) -> None:
        self._walks: dict[ResourceRef, Walk] = {}
        self._plans: dict[str, dict[ResourceRef, Entry]] = {}
        self._found: dict[str, Plans] = {}
        self._decisions: list[Decision] = []
        self._unpublished: set[ResourceRef] = set()
        """Those that may be published in another form than was noted: not all are looked at with every publication."""

    @property
    def walks(self) -> Mapping[ResourceRef, Walk]:
        """All walks, by flag, as they are at this moment: another thread may compile meanwhile."""
        return dict(self._walks)

    def walk(self, ref: ResourceRef) -> Walk | None:
        """Return that of `ref`; None where its goal is served as it is."""
        return self._walks.get(ref)

    @property
    def lost(self) -> frozenset[ResourceRef]:
        """The flags of which nobody knows where they stand."""
        return frozenset(ref for ref, walk in self.walks.items() if walk.lost)

    def forget(self, refs: Iterable[ResourceRef]) -> None:
        """Follow `refs` no longer; the next call of `limits` finds them as if they were new to this process."""
        for ref in refs:
            self._walks.pop(ref, None)

    def drain_decisions(self) -> list[Decision]:
        """Return what was decided since the last call."""
        found, self._decisions = self._decisions, []
        return found

    def take_plans(self, changes: Mapping[ResourceRef, Entry | None]) -> bool:
        """Take in the plans among `changes`, all of one namespace; return whether there are any."""
        plans = {ref: entry for ref, entry in changes.items() if ref.kind == PLAN}
        for namespace in {ref.namespace for ref in plans}:
            entries = self._plans.get(namespace, {}) | plans
            self._plans[namespace] = kept = {ref: entry for ref, entry in entries.items() if entry is not None}
            self._found[namespace] = plans_of(kept.values())
        return bool(plans)

    def rises(
        self, entries: Mapping[ResourceRef, Entry | None], before: Callable[[Entry], Before]
    ) -> dict[ResourceRef, Rise | None]:
        """Return what the flags among `entries` may be compiled with: nobody enters by an edit.

        `before` tells what was known of one; it is asked only about flags that are not followed yet.
        """
        found: dict[ResourceRef, Rise | None] = {}
        for ref, entry in entries.items():
            if ref.kind != "Flag":
                continue
            if entry is None:
                self._walks.pop(ref, None)
                continue
            walk = self._entered(ref, entry, before)
            found[ref] = None if walk is None else walk.rise
        return found

    def settle(
        self,
        refs: Iterable[ResourceRef],
        entry_of: Callable[[ResourceRef], Entry | None],
        measured: Callable[[Entry], bytes],
    ) -> None:
        """Look again at `refs`, which were compiled; `measured` hashes what percents do not change of a usable one."""
        for ref in refs:
            walk, entry = self._walks.get(ref), entry_of(ref)
            if walk is None or entry is None or not isinstance(entry.resource, Flag):
                continue
            content = measured(entry)
            subject = subject_of(entry, entry.resource, self._ramp(entry.resource), content) if content else None
            self._walks[ref] = walk.compiled(subject, content, entry.generation)
            self._unpublished.add(ref)

    def publish(self, form_of: Callable[[ResourceRef, str], tuple[EvaluationFlag | None, int]]) -> None:
        """Note what is published: `form_of` gives by flag and key its compiled form, None = not yet, and the number."""
        for ref in list(self._unpublished):
            walk = self._walks.get(ref)
            if walk is not None:
                self._walks[ref] = walk = walk.published(*form_of(ref, walk.key))
            if walk is None or walk.sequence is not None:
                self._unpublished.discard(ref)

    def is_due(self, look: Round, entry_of: Callable[[ResourceRef], Entry | None]) -> bool:
        """Return whether any walk is to tick."""
        return any(self._is_due(ref, walk, look, entry_of(ref)) for ref, walk in list(self._walks.items()))

    def tick(
        self, look: Round, entry_of: Callable[[ResourceRef], Entry | None]
    ) -> tuple[set[ResourceRef], dict[ResourceRef, Rise | None]]:
        """Take every walk that is due one tick on; return those that changed, and what is to be compiled with what."""
        changed: set[ResourceRef] = set()
        rises: dict[ResourceRef, Rise | None] = {}
        for ref, walk in list(self._walks.items()):
            entry = entry_of(ref)
            if entry is None or not self._is_due(ref, walk, look, entry):
                continue
            if len(changed) >= MOST_AT_ONCE:
                break  # the others are still due
            after = self._ticked(ref, walk, look, entry)
            if after is not None and after.state == walk.state and after.rise == walk.rise:
                self._walks[ref] = after
                continue
            changed.add(ref)
            if after is None:
                del self._walks[ref]
                rises[ref] = None
                continue
            self._walks[ref] = after
            if after.rise != walk.rise:
                rises[ref] = after.rise
                self._unpublished.add(ref)
        return changed, rises

    def follow(self, entry_of: Callable[[ResourceRef], Entry | None]) -> dict[ResourceRef, Rise | None]:
        """Take over what another operator has decided, by the statuses; return what is to be compiled with what."""
        rises: dict[ResourceRef, Rise | None] = {}
        for ref, walk in list(self._walks.items()):
            entry = entry_of(ref)
            if entry is None or walk.subject is None or walk.followed == entry.version:
                continue
            recorded = recorded_state(entry)
            state, lost = recorded or walk.state, walk.lost and recorded is None
            reach = by_name(placed(walk.subject.allocations, state.shares))
            after = replace(walk, state=state, reach=reach, followed=entry.version, seen=None, lost=lost)
            after = after.armed(walk.subject.allocations)
            if reach != walk.reach:
                after = replace(after, sequence=None, served=False)
            if after.rise != walk.rise:
                self._unpublished.add(ref)
                rises[ref] = after.rise
            self._walks[ref] = after
        return rises

    def concerns(self, entry: Entry) -> bool:
        """Return whether `entry` is a flag that has a walk, or is to have one."""
        flag = entry.resource
        return entry.ref in self._walks or (isinstance(flag, Flag) and self._ramp(flag) is not None)

    def _ramp(self, flag: Flag) -> Ramp | None:
        return self._found.get(flag.metadata.namespace, NO_PLANS).ramp_of(flag)

    def _entered(self, ref: ResourceRef, entry: Entry, before: Callable[[Entry], Before]) -> Walk | None:
        """Return the walk of a flag that is about to be compiled; None where it has no ramp and never had one."""
        walk, flag = self._walks.get(ref), entry.resource
        if walk is not None and walk.uid != entry.uid:
            walk = None
            del self._walks[ref]
        if not isinstance(flag, Flag):
            return walk
        if walk is None:
            known = before(entry)
            state = self._first(entry, flag, known)
            if state is None:
                return None
            shares = not_above(state.shares, known.reached)
            walk = Walk(entry.uid, flag.key, entry.generation, state, by_name(shares), followed=entry.version)
            walk = replace(walk, lost=is_unknown(entry, known))
        allocations = allocations_of(flag)
        stood = tuple(_reached(each, walk.reach) for each in walk.state.shares)
        reach = by_name(placed(allocations, stood))
        served = walk.served and reach == walk.reach
        walk = replace(walk, reach=reach, subject=None, sequence=None, served=served).armed(allocations)
        self._walks[ref] = walk
        return walk

    def _first(self, entry: Entry, flag: Flag, known: Before) -> State | None:
        ramp = self._ramp(flag)
        # Of what this process has compiled it knows more than a status, which may not have been written since.
        state = recorded_state(entry) if known.flag is None else None
        if state is not None and entry.status.get("observedGeneration") == entry.generation:
            return state
        if state is not None:  # the replicas may have less since: of a later edit the status knows nothing
            return lowered(state, known.reached, goes_on=ramp is not None)
        if ramp is None:
            return None
        subject = Subject(entry.uid, "", allocations_of(flag), ramp)
        found = standing(entry, known)
        if ramp.immediate:
            # Taken at once by the next tick, from where it stands: a rise is published once its status is written.
            return State(placed(subject.allocations, found), governed=True)
        return first_state(subject, found)

    def _is_due(self, ref: ResourceRef, walk: Walk, look: Round, entry: Entry | None) -> bool:
        if entry is None or walk.subject is None or walk.lost:
            return False
        return walk.seen != self._seen(ref, walk, look, entry) or walk.due(look.now)

    def _seen(self, ref: ResourceRef, walk: Walk, look: Round, entry: Entry) -> Seen:
        run = walk.state.run
        measured = tuple((name, each.at) for name, each in look.surroundings.measurements(ref, run).items())
        counted = look.surroundings.admitted(ref, walk.key, run)
        users = [sum(each.users) for each in look.surroundings.tallies(ref, walk.key, run)]
        return entry.version, _is_acknowledged(ref, walk, look), look.paused, measured, counted, tuple(users)

    def _ticked(self, ref: ResourceRef, walk: Walk, look: Round, entry: Entry) -> Walk | None:
        """Return `walk` one tick on; None where nothing is left to follow."""
        if walk.subject is None:
            return walk
        subject = replace(walk.subject, requests=entry.asked)
        world = walk.world(look.floors.get(ref.namespace, -1), paused=look.paused)
        run = walk.state.run
        measured, admitted = look.surroundings.measurements(ref, run), look.surroundings.admitted(ref, walk.key, run)
        tallies = look.surroundings.tallies(ref, walk.key, run)
        world = replace(world, measurements=measured, admitted=admitted, tallies=tallies)
        state = noticed(walk, subject, tick(subject, walk.state, world, float(look.now)), look.now)
        self._tell(ref, walk, state)
        if subject.ramp is None and not state.governed and state.run is None and walk.is_published:
            return None
        after = walk.decided(state, confirmed(entry) if _rises(state, walk.reach) else {}).armed(subject.allocations)
        if after.sequence is not None and _is_acknowledged(ref, after, look) and after.is_published:
            after = replace(after, served=True)
        after = replace(after, edited=False)
        if after.state != walk.state or after.rise != walk.rise:
            return replace(after, subject=subject, seen=None)
        return replace(after, subject=subject, seen=self._seen(ref, after, look, entry))

    def _tell(self, ref: ResourceRef, walk: Walk, state: State) -> None:
        run = state.run or walk.state.run
        for each in state.history:
            if each not in walk.state.history:
                shares, name = (walk.state.shares, state.shares), ("", "") if run is None else (run.id, run.token)
                self._decisions.append(Decision(ref, walk.generation, name[0], each, *shares, state.mode, name[1]))


def _is_acknowledged(ref: ResourceRef, walk: Walk, look: Round) -> bool:
    return walk.sequence is not None and look.floors.get(ref.namespace, -1) >= walk.sequence


def _rises(state: State, reach: Mapping[str, int]) -> bool:
    return any(each.percent > reach.get(each.name, 0) for each in state.shares)


def _reached(share: Share, reach: Mapping[str, int]) -> Share:
    return replace(share, percent=min(share.percent, reach.get(share.name, share.percent)))
