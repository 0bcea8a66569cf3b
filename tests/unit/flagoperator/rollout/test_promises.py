"""What a ramp promises, whatever happens in whatever order. The operator is restarted between any two ticks."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from flagoperator.rollout import (
    REST,
    Allocation,
    Guard,
    Measurement,
    Mode,
    Phase,
    Plan,
    Ramp,
    Reaction,
    Request,
    Run,
    State,
    Step,
    Subject,
    Verb,
    Window,
    World,
    edit,
    first_state,
    next_stop,
    percents,
    progress,
    recorded,
    request,
    restored,
    tick,
)
from flagoperator.rollout.allocation import placed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from flagoperator.rollout import Shares

    Fault = tuple[ModuleType, str, Callable[..., Any]]

NAMES = ("a", "b", "c")
STOPS = (500, 5_000, 25_000, 50_000)
START = 1_796_083_200
FORWARD = {"Step", "Promoted", "Immediate"}

goals = st.sampled_from([0, 3_000, 20_000, 60_000, 100_000])
holds = st.sampled_from([0, 60, 3600])
stops = st.lists(st.sampled_from(STOPS), unique=True, max_size=3).map(sorted)


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Step, ...]:
    counts = st.sampled_from([0, 0, 0, 50])
    return tuple(Step(each, draw(holds), draw(st.booleans()), draw(counts)) for each in [*draw(stops), 100_000])


windows = st.builds(
    Window,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.sampled_from(["UTC", "Europe/Berlin"]).map(ZoneInfo),
)
phases = st.builds(Phase, st.frozensets(st.sampled_from([*NAMES, REST]), min_size=1), ladders() | st.just(()))
guards = st.lists(
    st.builds(
        Guard,
        st.sampled_from(["errors", "latency"]),
        st.just("query"),
        st.just(0.5),
        failure_limit=st.integers(0, 1),
        error_limit=st.integers(0, 1),
        no_data_fails=st.booleans(),
        reaction=st.sampled_from(Reaction),
    ),
    unique_by=lambda each: each.name,
).map(tuple)
short = st.builds(lambda at, hold: (Step(at, hold), Step(100_000, 60)), st.sampled_from(STOPS), holds)
plain = st.builds(Plan, short, guards=st.just(()) | guards)
fancy = st.builds(
    Plan,
    ladders(),
    st.lists(phases, max_size=3).map(tuple),
    st.lists(windows, max_size=2).map(tuple),
    st.none() | st.just(START + 7200.0),
    st.none() | st.sampled_from([600, 86_400]),
    st.booleans(),
    st.booleans(),
    guards,
)
plans = plain | fancy  # most fancy ones stand still for long
named = st.builds(Ramp, st.none() | plans, st.sampled_from(["standard", "own", "other"]))
ramps = named | named | named | st.just(Ramp(None, "at once", immediate=True))


def last_retry(state: State) -> str:
    return next((each.token for each in state.handled if each.verb is Verb.RETRY), "")


def shares(state: State) -> dict[str, int]:
    return {each.name: each.percent for each in state.shares}


class Ramps(RuleBasedStateMachine):
    """A flag under an operator, and everything that may befall it."""

    @initialize(ramp=ramps, rest=goals)
    def begin(self, ramp: Ramp, rest: int) -> None:
        self.now = START
        self.edits = 0
        self.subject = Subject("uid", "0", (Allocation(REST, rest),), ramp)
        self.state = first_state(self.subject, ())
        self.held: tuple[str, float] = ("", 0)
        self.starts: dict[str, dict[str, int]] = {}
        self.measurements: dict[str, Measurement] = {}
        self.admitted = 0
        self.counted: tuple[str, int] = ("", 0)
        self.answers = 0
        self.acknowledged = False

    # what people do

    @rule(goal=goals, index=st.integers(0, 3))
    def set_a_goal(self, goal: int, index: int) -> None:
        allocations = list(self.subject.allocations)
        index %= len(allocations)
        allocations[index] = replace(allocations[index], goal=goal)
        self.edit(allocations=tuple(allocations))

    @rule(name=st.sampled_from(NAMES), goal=goals, index=st.integers(0, 3))
    def insert_a_segment(self, name: str, goal: int, index: int) -> None:
        kept = [each for each in self.subject.allocations if each.name != name]
        kept.insert(index % len(kept), Allocation(name, goal, f"conditions of {name}"))
        self.edit(allocations=tuple(kept))

    @rule(index=st.integers(0, 3))
    def remove_a_segment(self, index: int) -> None:
        *segments, rest = self.subject.allocations
        if segments:
            del segments[index % len(segments)]
        self.edit(allocations=(*segments, rest))

    @rule()
    def reorder_segments(self) -> None:
        *segments, rest = self.subject.allocations
        self.edit(allocations=(*reversed(segments), rest))

    @rule()
    def edit_something_else(self) -> None:
        self.edit()

    @rule(ramp=ramps | st.none())
    def edit_the_ramp(self, ramp: Ramp | None) -> None:
        self.edit(ramp=ramp)

    @rule(plan=plans | st.none())
    def edit_the_shared_plan(self, plan: Plan | None) -> None:
        if self.subject.ramp is not None and not self.subject.ramp.immediate:
            before = self.state
            self.subject = replace(self.subject, ramp=replace(self.subject.ramp, plan=plan))
            self.an_edit_lets_nobody_in(before, self.tick(self.world()))

    @rule(paused=st.booleans())
    def brake_in_git(self, paused: bool) -> None:
        ramp = self.subject.ramp
        if ramp is not None and ramp.plan is not None:
            self.subject = replace(self.subject, ramp=replace(ramp, plan=replace(ramp.plan, paused=paused)))
            self.look()

    @rule(verb=st.sampled_from(Verb), text=st.sampled_from(["", "1", "stale-1-1"]))
    def ask(self, verb: Verb, text: str) -> None:
        token = text or (self.state.run.token if self.state.run else "none-1-1")
        kept = tuple(each for each in self.subject.requests if each.verb is not verb)
        self.subject = replace(self.subject, requests=(*kept, Request(verb, token, "ann")))
        self.look()

    # what the world does

    @rule(seconds=st.sampled_from([0, 1, 59, 60, 3600, 86_400, -30]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds
        self.look()

    @rule(ticks=st.integers(1, 6), seconds=st.sampled_from([20, 60, 1800, 3600]))
    def the_operator_ticks(self, ticks: int, seconds: int) -> None:
        for _ in range(ticks):
            self.time_passes(seconds)

    @rule()
    def an_abort_is_asked_for(self) -> None:
        if self.state.run is not None:
            self.ask(Verb.ABORT, self.state.run.token)

    @rule(seconds=st.sampled_from([60, 3600]))
    def replicas_lag(self, seconds: int) -> None:
        self.now += seconds
        self.tick(self.world())

    @rule(value=st.sampled_from([0.0, 0.0, 0.9, None]), empty=st.booleans(), admitted=st.sampled_from([0, 60, -1000]))
    def guards_are_measured(self, value: float | None, empty: bool, admitted: int) -> None:
        self.now += 60
        found = Measurement(float(self.now), value, "", value is None and empty)
        self.measurements = {"errors": found, "latency": found}
        self.admitted = max(0, self.admitted + admitted)
        self.look()

    @rule()
    def everything_is_paused(self) -> None:
        before = self.state
        after = self.tick(replace(self.world(acknowledged=True), paused=True))
        self.an_edit_lets_nobody_in(before, after)

    # what is promised

    def edit(self, **changes: object) -> None:
        self.edits += 1
        before = self.state
        self.subject = replace(self.subject, digest=str(self.edits), **changes)  # type: ignore[arg-type]
        self.an_edit_lets_nobody_in(before, self.tick(self.world()))

    def look(self) -> None:
        self.tick(self.world(acknowledged=True))

    def world(self, *, acknowledged: bool = False) -> World:
        told = World(measurements=self.measurements, admitted=self.admitted)
        served = percents(self.state.shares)
        return replace(told, digest=self.subject.digest, percents=served) if acknowledged else told

    def tick(self, world: World) -> State:
        before = self.state
        self.count(before, world)
        after = tick(self.subject, before, world, float(self.now))
        self.a_restart_changes_nothing(after)
        self.state = after
        self.never_above_gits_goal(after)
        self.nothing_falls_but_by_a_lowered_goal_or_a_rollback(before, after)
        self.nobody_enters_but_by_a_step_or_by_request(before, after)
        if self.has_stepped(before, after):
            self.only_planned_stops(before, after)
            self.no_step_is_skipped(before, after)
            self.no_user_falls_out_by_a_step(before, after)
            self.forward_only_inside_a_window(after, world)
            self.held_while_acknowledged_and_unpaused(before)
            self.guarded_counted_and_approved(before)
        self.a_rollback_is_exactly_the_start(before, after)
        self.a_failure_latches(before, after)
        self.note(before, after, world)
        return after

    def a_restart_changes_nothing(self, after: State) -> None:
        assert restored(recorded(after)) == after

    def never_above_gits_goal(self, after: State) -> None:
        assert shares(after).keys() == self.goals.keys()
        assert all(percent <= self.goals[name] for name, percent in shares(after).items())
        if not after.governed:
            assert shares(after) == self.goals

    def nothing_falls_but_by_a_lowered_goal_or_a_rollback(self, before: State, after: State) -> None:
        fell = [name for name, percent in shares(after).items() if percent < shares(before).get(name, 0)]
        assert (
            not fell or after.mode is Mode.ROLLED_BACK or all(shares(after)[name] == self.goals[name] for name in fell)
        )

    def nobody_enters_but_by_a_step_or_by_request(self, before: State, after: State) -> None:
        rose = [name for name, percent in shares(after).items() if percent > shares(before).get(name, percent)]
        assert not rose or not after.governed or after.history[-1].reason in FORWARD

    def has_stepped(self, before: State, after: State) -> bool:
        return after.history[-1:] != before.history[-1:] and after.history[-1].reason == "Step"

    def only_planned_stops(self, before: State, after: State) -> None:
        run = after.run
        assert run is not None
        stops = {each.percent for phase in range(run.plan.phase_count) for each in run.plan.steps_of(phase)}
        rose = [name for name, percent in shares(after).items() if percent > shares(before).get(name, percent)]
        assert all(shares(after)[name] in stops | {self.goals[name]} for name in rose)

    def no_step_is_skipped(self, before: State, after: State) -> None:
        """What rises goes to the next stop of its phase, and to its goal where its phase is over."""
        run = after.run
        assert run is not None
        for name, percent in shares(after).items():
            stood = shares(before).get(name, percent)
            ahead = [each.percent for each in run.plan.steps_of(run.phase) if stood < each.percent < percent]
            assert percent == stood or not ahead or run.plan.phase_of(name) < run.phase

    def no_user_falls_out_by_a_step(self, before: State, after: State) -> None:
        assert all(percent >= shares(before).get(name, 0) for name, percent in shares(after).items())

    def forward_only_inside_a_window(self, after: State, world: World) -> None:
        run, ramp = after.run, self.subject.ramp
        assert run is not None
        assert world.digest == self.subject.digest
        assert not run.plan.windows or any(each.is_open(self.now) for each in run.plan.windows)
        assert run.plan.not_before is None or self.now >= run.plan.not_before
        assert ramp is None or ramp.plan is None or not ramp.plan.paused

    def held_while_acknowledged_and_unpaused(self, before: State) -> None:
        run = self.standing_run(before)
        if run is None:
            return
        key, since = self.held
        assert key == self.key(before, run)
        assert run.hold == 0 or self.now - since >= run.hold

    def guarded_counted_and_approved(self, before: State) -> None:
        run = self.standing_run(before)
        if run is None or run.standing is None:
            return
        for guard in run.plan.guards:
            last = self.measurements.get(guard.name)
            assert guard.reaction is Reaction.REPORT or (last is not None and last.at > self.held[1])
            assert guard.reaction is Reaction.REPORT or (last is not None and (last.value or 0) <= 0.5)
        assert run.standing.min_evaluations <= self.answers
        if run.standing.approval:
            assert any(each.verb is Verb.APPROVE for each in before.handled + self.state.handled)

    def a_rollback_is_exactly_the_start(self, before: State, after: State) -> None:
        if after.mode is Mode.ROLLED_BACK and after.run is not None and before.mode is not Mode.ROLLED_BACK:
            start = self.starts.get(after.run.id, shares(before))
            known = {name: min(percent, self.goals[name]) for name, percent in start.items() if name in self.goals}
            assert known.items() <= shares(after).items()

    def a_failure_latches(self, before: State, after: State) -> None:
        if before.mode is Mode.ROLLED_BACK and before.run is not None and before.run.digest == self.subject.digest:
            retried = last_retry(after) != last_retry(before)
            assert retried or after.mode in {Mode.ROLLED_BACK, Mode.IDLE}
            assert retried or all(percent <= shares(before)[name] for name, percent in shares(after).items())

    def an_edit_lets_nobody_in(self, before: State, after: State) -> None:
        """No raised goal, new segment or other plan does, and no ramp or plan that is taken away."""
        ramp = self.subject.ramp
        if not (before.governed or after.governed) or (ramp is not None and ramp.immediate):
            return
        known = shares(before)
        rows = list(shares(after).items())
        for index, (name, percent) in enumerate(rows):
            below = [share for _, share in rows[index + 1 :]]
            assert percent <= known.get(name, min(below, default=0))

    # what is remembered to tell

    @property
    def goals(self) -> dict[str, int]:
        return {each.name: each.goal for each in self.subject.allocations}

    def standing_run(self, state: State) -> Run | None:
        """Return the run whose stop was held, unless this tick made it another."""
        run = state.run
        if run is None or run.digest != self.subject.digest or run.standing is None:
            return None
        return None if state.mode is Mode.ROLLED_BACK else run

    def key(self, state: State, run: Run) -> str:
        return f"{run.token} {run.digest} {percents(state.shares)}"

    def count(self, before: State, world: World) -> None:
        """Count the answers at this stop, from one tick to the next, while replicas had acknowledged it."""
        token = "" if before.run is None else f"{before.run.token} {before.run.digest}"
        if token != self.counted[0]:
            self.counted, self.answers = (token, 0), 0
        seen = self.counted[1]
        grown = world.admitted - seen if world.admitted >= seen else world.admitted
        self.counted = token, world.admitted
        self.answers += grown if self.acknowledged else 0

    def note(self, before: State, after: State, world: World) -> None:
        """Remember since when replicas have acknowledged this stop, and where the run began."""
        run = after.run
        self.acknowledged = (world.digest, world.percents) == (self.subject.digest, percents(after.shares))
        if run is None:
            return
        if before.run is None or before.run.token != run.token:
            self.admitted = 0  # counters are of one stop
        goals = self.goals
        start = self.starts.get(run.id, shares(before))
        self.starts[run.id] = {name: min(percent, goals[name]) for name, percent in start.items() if name in goals}
        key, since = self.held
        if key != self.key(after, run):
            self.held = (self.key(after, run), math.inf)
        elif world.percents == percents(after.shares):
            self.held = (key, min(since, self.now))


# A history that breaks a promise is told as it is: making it smaller takes minutes. Add Stage.shrink to look for why.
STAGES = (Stage.explicit, Stage.reuse, Stage.generate)
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def check(histories: int, length: int) -> None:
    chosen = settings(
        max_examples=histories,
        stateful_step_count=length,
        deadline=None,
        phases=STAGES,
        suppress_health_check=QUIET,
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Ramps, settings=chosen)


def passing_over(reason: str) -> Fault:
    """Return a fault that leaves a stop though `reason` should keep it there."""
    held = progress._held
    return (
        progress,
        "_held",
        lambda *about, acknowledged: "" if (found := held(*about, acknowledged=acknowledged)) == reason else found,
    )


def skipping(subject: Subject, run: Run, found: Shares, now: float) -> Run | None:
    stop = next_stop(subject, run, found, now)
    return None if stop is None else stop.at(stop.phase, len(stop.steps), 100_000, now)


def beginning_again(subject: Subject, state: State, now: float) -> State:
    return edit._begun(subject, replace(state, mode=Mode.IDLE, run=None), now)


def opened(subject: Subject, state: State) -> State:
    return replace(state, governed=subject.ramp is not None)


def letting_in(allocations: Sequence[Allocation], known: Shares) -> Shares:
    there = {each.name for each in known}
    return tuple(
        share if share.name in there else replace(share, percent=each.goal)
        for each, share in zip(allocations, placed(allocations, known), strict=True)
    )


FAULTS: dict[str, Fault] = {
    **{reason: passing_over(reason) for reason in ("Publishing", "Holding", "AwaitingApproval", "AwaitingGuards")},
    "AwaitingEvaluations": passing_over("AwaitingEvaluations"),
    "windows are not looked at": (progress, "is_open", lambda _windows, _now: True),
    "steps are skipped": (progress, "next_stop", skipping),
    "a rollback keeps users in": (
        request,
        "rolled_back",
        lambda _subject, state, *_: replace(state, mode=Mode.ROLLED_BACK),
    ),
    "a failure does not latch": (edit, "_after_rollback", beginning_again),
    "a ramp that is removed opens the throttle": (edit, "_governed", opened),
    "a new segment lets users in": (edit, "placed", letting_in),
    "a lowered goal waits": (edit, "_lowered", lambda _subject, state, _now: state),
}


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_every_promise_that_is_broken_is_noticed(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*fault)
    with pytest.raises((AssertionError, ValueError)):
        check(2_000, 30)


def test_what_a_ramp_promises_holds_in_every_history() -> None:
    check(150, 30)


@pytest.mark.long
@pytest.mark.parametrize("_part", range(10))
def test_what_a_ramp_promises_holds_in_ten_thousand_histories(_part: int) -> None:
    check(1_000, 50)
