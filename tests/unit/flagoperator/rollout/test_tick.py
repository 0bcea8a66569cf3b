"""Tick: a rollout, walked through."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from flagoperator.rollout import (
    REST,
    Allocation,
    Mode,
    Phase,
    Plan,
    Ramp,
    Share,
    Step,
    Subject,
    Verb,
    Window,
    World,
    first_state,
    tick,
)
from tests.unit.flagoperator.rollout.flag import STANDARD, allocation, walk


def test_a_flag_walks_the_steps_of_its_plan_to_its_goal() -> None:
    flag = walk()
    stops = []
    for _ in range(5):
        flag.settle()
        stops.append((flag.percent(), flag.state.reason))
        flag.now += 1200
    assert stops == [
        (5, "Holding"),
        (25, "Holding"),
        (100, "Holding"),
        (100, "Completed"),
        (100, "Completed"),
    ]
    assert flag.state.mode is Mode.COMPLETED
    assert [each.reason for each in flag.state.history] == ["Started", "Step", "Step", "Step", "Completed"]


def test_a_goal_between_steps_is_the_last_stop() -> None:
    flag = walk(rest=20)
    flag.settle()
    flag.after(600)
    assert flag.percent() == 20
    assert flag.after(1200).mode is Mode.COMPLETED


def test_the_next_step_is_announced() -> None:
    flag = walk()
    flag.settle()
    assert flag.state.next_step_at == flag.now + 600


def test_the_hold_counts_only_while_every_ready_replica_has_acknowledged() -> None:
    flag = walk()
    flag.settle()
    flag.after(300)
    flag.acknowledging = False
    flag.settle()
    assert flag.after(9000).reason == "Publishing"
    flag.acknowledging = True
    flag.settle()
    flag.after(299)
    assert flag.percent() == 5
    flag.after(1)
    assert flag.percent() == 25


def test_one_tick_takes_at_most_one_step_after_any_outage() -> None:
    flag = walk(Plan((Step(1_000), Step(2_000), Step(100_000))))
    seen = []
    for _ in range(4):
        flag.tick(100_000)
        seen.append(flag.percent())
    assert seen == [1, 2, 100, 100]


@pytest.mark.parametrize("goal", [0, 3])
def test_a_lowered_goal_is_taken_at_once_though_nobody_acknowledges(goal: int) -> None:
    flag = walk()
    flag.settle()
    flag.acknowledging = False
    flag.edit(AllOtherUsers=goal)
    assert flag.percent() == goal
    assert (flag.state.mode, flag.state.reason, flag.state.run) == (Mode.IDLE, "Superseded", None)


def test_a_goal_that_was_lowered_and_raised_again_is_walked_to_from_where_it_is() -> None:
    flag = walk()
    flag.settle()
    flag.after(600)
    flag.edit(AllOtherUsers=10)
    flag.edit(AllOtherUsers=100)
    assert flag.percent() == 10
    flag.settle()
    assert flag.percent() == 25


def test_a_goal_raised_again_beside_others_that_rise_is_rolled_back_to_where_it_was_lowered_to() -> None:
    flag = walk(staff=100)
    flag.settle()
    flag.after(600)
    flag.edit(staff=10)
    flag.edit(staff=100)
    flag.settle()
    assert (flag.percent("staff"), flag.percent()) == (25, 25)
    flag.ask(Verb.ABORT, flag.token)
    assert (flag.percent("staff"), flag.percent()) == (10, 25)


def test_an_edit_during_a_run_keeps_the_step_and_holds_anew() -> None:
    flag = walk()
    flag.settle()
    flag.after(599)
    flag.edit()
    flag.settle()
    flag.after(599)
    assert flag.percent() == 5
    flag.after(1)
    assert flag.percent() == 25


def test_activation_is_a_rise_from_nothing() -> None:
    flag = walk(rest=0)
    assert flag.settle().mode is Mode.IDLE
    flag.edit(AllOtherUsers=100)
    assert flag.percent() == 0
    flag.settle()
    assert flag.percent() == 5


def test_only_what_rises_is_ramped() -> None:
    flag = walk(staff=100, rest=0)
    flag.state = replace(flag.state, shares=(replace(flag.state.shares[0], percent=100_000), flag.state.shares[1]))
    flag.settle()
    flag.edit(AllOtherUsers=100)
    flag.settle()
    assert (flag.percent("staff"), flag.percent()) == (100, 5)


def test_an_abort_leaves_exactly_the_users_from_before_the_run_and_latches() -> None:
    flag = walk(rest=3)
    flag.settle()
    flag.after(3000)
    flag.edit(AllOtherUsers=100)
    flag.settle()
    flag.after(600)
    assert flag.percent() == 25
    flag.ask(Verb.ABORT, flag.token)
    assert flag.percent() == 3
    assert flag.after(1_000_000).mode is Mode.ROLLED_BACK
    assert flag.percent() == 3


@pytest.mark.parametrize("way", ["retry", "edit"])
def test_a_rollback_ends_by_a_retry_or_an_edit(way: str) -> None:
    flag = walk()
    flag.settle()
    flag.ask(Verb.ABORT, flag.token)
    if way == "retry":
        flag.ask(Verb.RETRY, "1")
    else:
        flag.edit()
        flag.settle()
    assert (flag.percent(), flag.state.mode) == (5, Mode.PROGRESSING)


def test_a_retry_that_was_there_before_the_rollback_is_none_of_it() -> None:
    flag = walk()
    flag.ask(Verb.RETRY, "1")
    flag.ask(Verb.ABORT, flag.token)
    assert flag.after(100).mode is Mode.ROLLED_BACK


def test_a_step_with_approval_is_left_once_somebody_approves_this_step() -> None:
    flag = walk(Plan((Step(5_000, approval=True), Step(50_000, approval=True), Step(100_000))))
    assert flag.settle().reason == "AwaitingApproval"
    stale = flag.token
    flag.ask(Verb.APPROVE, "another-1-1")
    assert flag.percent() == 5
    flag.ask(Verb.APPROVE, stale)
    assert flag.percent() == 50
    assert flag.state.reason == "AwaitingApproval"


def test_an_edit_asks_for_approval_again_and_a_new_one_counts() -> None:
    flag = walk(Plan((Step(5_000, hold=60, approval=True), Step(100_000))))
    flag.settle()
    first = flag.token
    flag.ask(Verb.APPROVE, first)
    flag.edit()
    flag.settle()
    assert flag.after(60).reason == "AwaitingApproval"
    assert flag.token != first
    flag.ask(Verb.APPROVE, flag.token)
    assert flag.percent() == 100


def test_pause_freezes_and_resume_goes_on() -> None:
    flag = walk()
    flag.settle()
    flag.after(300)
    flag.ask(Verb.PAUSE, flag.token)
    assert flag.after(9000).mode is Mode.PAUSED
    flag.ask(Verb.RESUME, flag.token)
    flag.after(299)
    assert flag.percent() == 5
    flag.after(1)
    assert flag.percent() == 25


def test_a_pause_survives_an_edit_that_begins_another_run() -> None:
    flag = walk(rest=3)
    flag.settle()
    flag.ask(Verb.PAUSE, flag.token)
    flag.edit(AllOtherUsers=100)
    assert flag.after(9000).mode is Mode.PAUSED
    assert flag.percent() == 3


def test_of_abort_and_promote_in_one_tick_the_abort_counts() -> None:
    flag = walk()
    flag.settle()
    token = flag.token
    flag.subject = replace(flag.subject, requests=())
    flag.ask(Verb.PROMOTE, "stale")
    flag.ask(Verb.ABORT, token)
    flag.ask(Verb.PROMOTE, token)
    assert (flag.percent(), flag.state.mode) == (0, Mode.ROLLED_BACK)


def test_promote_goes_to_the_goal_but_not_while_paused() -> None:
    flag = walk()
    flag.settle()
    flag.ask(Verb.PAUSE, flag.token)
    flag.ask(Verb.PROMOTE, flag.token)
    assert flag.percent() == 5
    flag.ask(Verb.RESUME, flag.token)
    assert flag.percent() == 5
    flag.ask(Verb.PROMOTE, flag.token + " again")
    assert flag.percent() == 5


def test_promote_skips_holds_and_approvals() -> None:
    flag = walk(Plan((Step(5_000, hold=600, approval=True), Step(100_000, hold=600))))
    flag.settle()
    assert flag.ask(Verb.PROMOTE, flag.token).mode is Mode.COMPLETED
    assert flag.percent() == 100


def test_the_switch_of_the_operator_stops_everything() -> None:
    flag = walk()
    flag.settle()
    flag.all_paused = True
    assert flag.after(9000).reason == "AllPaused"
    assert flag.percent() == 5


def test_the_brake_in_git_is_live_though_the_plan_is_frozen() -> None:
    flag = walk()
    flag.settle()
    flag.subject = replace(flag.subject, ramp=Ramp(replace(STANDARD, paused=True), "standard"))
    assert flag.after(9000).reason == "PausedInGit"


def test_an_edit_of_a_shared_plan_moves_no_running_ramp() -> None:
    flag = walk()
    flag.settle()
    flag.subject = replace(flag.subject, ramp=Ramp(Plan((Step(100_000),)), "standard"))
    flag.settle()
    assert flag.percent() == 5
    flag.after(600)
    assert flag.percent() == 25


@pytest.mark.parametrize("ramp", [None, Ramp(None, "standard")], ids=["ramp removed", "plan deleted"])
def test_a_run_keeps_the_plan_it_began_with(ramp: Ramp | None) -> None:
    flag = walk()
    flag.settle()
    flag.edit(ramp=ramp)
    flag.settle()
    assert flag.percent() == 5
    flag.after(600)
    assert flag.percent() == 25


def test_an_own_edit_of_the_ramp_applies_to_the_run() -> None:
    flag = walk()
    flag.settle()
    flag.edit(ramp=Ramp(Plan((Step(2_000), Step(10_000, hold=60), Step(100_000))), "own"))
    flag.settle()
    assert flag.percent() == 10


def test_an_own_edit_that_names_no_plan_holds_the_run() -> None:
    flag = walk()
    flag.settle()
    flag.edit(ramp=Ramp(None, "misspelt"))
    assert flag.after(9000).reason == "PlanNotFound"
    assert flag.percent() == 5


def test_a_flag_whose_plan_does_not_exist_stays_where_it_is() -> None:
    flag = walk(plan=None)
    assert flag.after(9000).reason == "PlanNotFound"
    assert flag.percent() == 0
    flag.edit(ramp=Ramp(STANDARD, "standard"))
    flag.settle()
    assert flag.percent() == 5


def test_a_ramp_that_is_taken_away_moves_nobody_up() -> None:
    flag = walk(plan=None)
    flag.settle()
    flag.edit(ramp=None)
    assert flag.after(9000).reason == "RampRemoved"
    assert flag.percent() == 0
    flag.edit(ramp=Ramp(None, immediate=True))
    assert flag.percent() == 100


def test_immediate_ends_a_run_at_its_goal() -> None:
    flag = walk()
    flag.settle()
    flag.edit(ramp=Ramp(None, immediate=True))
    assert (flag.percent(), flag.state.mode, flag.state.run) == (100, Mode.COMPLETED, None)


def test_without_a_ramp_the_goal_is_served() -> None:
    subject = Subject("uid", "digest", (Allocation(REST, 40_000),))
    state = tick(subject, first_state(subject, ()), World(), 0)
    assert state.shares == (Share(REST, 40_000),)


def test_a_ramp_over_a_flag_at_its_goal_moves_nothing() -> None:
    subject = Subject("uid", "digest", (Allocation(REST, 40_000),), Ramp(STANDARD, "standard"))
    state = tick(subject, first_state(subject, (Share(REST, 40_000),)), World(), 0)
    assert (state.shares, state.mode) == ((Share(REST, 40_000),), Mode.IDLE)


def test_a_new_segment_begins_where_those_below_it_stand() -> None:
    flag = walk()
    flag.settle()
    flag.subject = replace(flag.subject, allocations=(allocation("new", 100), *flag.subject.allocations))
    flag.edit()
    assert (flag.percent("new"), flag.percent()) == (5, 5)
    flag.ask(Verb.ABORT, flag.token)
    assert (flag.percent("new"), flag.percent()) == (0, 0)


def test_a_renamed_segment_keeps_its_percent() -> None:
    flag = walk(staff=100)
    flag.settle()
    staff, rest = flag.subject.allocations
    flag.subject = replace(flag.subject, allocations=(replace(staff, name="people"), rest))
    flag.edit()
    assert flag.percent("people") == 5


def test_reordered_segments_keep_their_percents() -> None:
    flag = walk(a=10, b=100, rest=0)
    flag.settle()
    flag.after(600)
    a, b, rest = flag.subject.allocations
    flag.subject = replace(flag.subject, allocations=(b, a, rest))
    flag.edit()
    assert (flag.percent("a"), flag.percent("b")) == (10, 25)


def test_phases_rise_one_after_the_other() -> None:
    phases = (Phase(frozenset({"Staff"}), (Step(50_000), Step(100_000, hold=60))), Phase(frozenset({"No such"})))
    flag = walk(Plan((Step(10_000, hold=60), Step(100_000)), phases), Staff=100, EU=100)
    flag.settle()
    assert (flag.percent("Staff"), flag.percent("EU"), flag.percent()) == (100, 0, 0)
    flag.after(60)
    assert (flag.percent("Staff"), flag.percent("EU"), flag.percent()) == (100, 10, 10)
    assert flag.after(60).mode is Mode.COMPLETED


def test_a_step_forward_waits_for_its_window_while_the_hold_goes_on() -> None:
    tuesday = Window(frozenset({1}), 0, 1440, ZoneInfo("UTC"))
    flag = walk(replace(STANDARD, windows=(tuesday,)))
    opening = tuesday.next_opening(flag.now)
    state = flag.settle()
    assert opening is not None
    assert (state.reason, state.next_step_at, flag.percent()) == ("OutsideWindow", opening, 0)
    flag.after(int(opening) - flag.now)
    assert flag.percent() == 5


def test_the_hold_of_the_last_stop_is_over_outside_a_window_too() -> None:
    tuesday = Window(frozenset({1}), 0, 1440, ZoneInfo("UTC"))
    flag = walk(Plan((Step(100_000, hold=2 * 86_400),), windows=(tuesday,)))
    flag.settle()
    opening = tuesday.next_opening(flag.now)
    assert opening is not None
    state = flag.after(int(opening) - flag.now)
    assert (state.reason, state.next_step_at) == ("Holding", flag.now + 2 * 86_400)
    assert flag.after(2 * 86_400).mode is Mode.COMPLETED


def test_nothing_begins_before_its_time() -> None:
    flag = walk()
    flag.subject = replace(flag.subject, ramp=Ramp(replace(STANDARD, not_before=float(flag.now + 50)), "standard"))
    assert flag.settle().reason == "NotBefore"
    flag.after(50)
    assert flag.percent() == 5


@pytest.mark.parametrize(("rolls_back", "percent"), [(False, 5), (True, 0)])
def test_a_deadline_pauses_or_rolls_back(rolls_back: bool, percent: int) -> None:
    plan = Plan((Step(5_000, hold=600), Step(100_000)), deadline=500, deadline_rolls_back=rolls_back)
    flag = walk(plan)
    flag.settle()
    state = flag.after(501)
    assert (state.reason, flag.percent()) == ("Deadline", percent)


def test_a_run_resumed_after_its_deadline_goes_on() -> None:
    flag = walk(Plan((Step(5_000, hold=600), Step(100_000)), deadline=500))
    flag.settle()
    flag.after(501)
    flag.ask(Verb.RESUME, flag.token)
    flag.after(600)
    assert flag.percent() == 100


def test_a_clock_that_goes_back_shortens_no_hold() -> None:
    flag = walk()
    flag.settle()
    flag.after(-5000)
    assert flag.percent() == 5
    flag.after(5599)
    assert flag.percent() == 5
    flag.after(1)
    assert flag.percent() == 25
