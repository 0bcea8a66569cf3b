"""Guards and counts: what holds a rollout up, and what takes it back."""

from dataclasses import replace

import pytest

from flagoperator.rollout import (
    Guard,
    Measurement,
    Mode,
    Plan,
    Ramp,
    Reaction,
    Step,
    Verb,
    due_guards,
    recorded,
    restored,
    tick,
)
from flagoperator.rollout.guards.judgement import missed_ages
from tests.unit.flagoperator.rollout.flag import MONDAY_NOON, walk

STEPS = (Step(5_000, hold=300), Step(25_000, hold=300), Step(100_000))


def guarded(*, steps=STEPS, **guard):
    """Return a flag that stands at 5 %, its plan with one guard of 2 % at most."""
    flag = walk(Plan(steps, guards=(Guard("errors", "q", most=0.02, **guard),)))
    flag.settle()
    assert flag.percent() == 5
    return flag


def test_no_guard_is_measured_before_the_first_step_and_each_at_its_interval_from_then_on():
    guard = Guard("errors", "q", most=1, interval=120)
    flag = walk(Plan(STEPS, guards=(guard,), not_before=float(MONDAY_NOON + 3600)))
    flag.settle()
    assert (flag.state.reason, list(due_guards(flag.state.run, flag.now))) == ("NotBefore", [])
    flag.after(3600)
    assert list(due_guards(flag.state.run, flag.now)) == [guard]
    flag.measure(0)
    assert list(due_guards(flag.state.run, flag.now + 119)) == []
    assert list(due_guards(flag.state.run, flag.now + 120)) == [guard]
    assert list(due_guards(flag.state.run, flag.now - 1)) == [guard]  # the clock was put back


def test_a_step_waits_for_a_good_measurement_since_its_hold_began():
    flag = guarded()
    assert flag.after(300).reason == "AwaitingGuards"
    flag.measure(0.01)
    assert (flag.percent(), flag.state.reason) == (25, "Holding")
    assert flag.after(300).reason == "AwaitingGuards"
    flag.measure(0.01)
    assert flag.percent() == 100


def test_the_last_step_waits_for_a_good_measurement_before_the_run_is_completed():
    flag = guarded()
    for _ in range(2):
        flag.after(300)
        flag.measure(0.01)
    assert (flag.percent(), flag.state.reason) == (100, "AwaitingGuards")
    flag.measure(0.01)
    assert flag.state.mode is Mode.COMPLETED


@pytest.mark.parametrize("reaction", [Reaction.ROLLBACK, Reaction.PAUSE])
def test_failures_in_a_row_are_borne_up_to_the_limit(reaction):
    flag = guarded(failure_limit=2, reaction=reaction)
    for value in (0.03, 0.03, 0.01, 0.03, 0.03):
        assert flag.measure(value).mode is Mode.PROGRESSING
    flag.after(300)
    assert (flag.percent(), flag.state.reason) == (5, "AwaitingGuards")
    assert flag.measure(0.03).reason == "GuardFailed"


def test_a_failed_guard_takes_back_the_whole_run():
    flag = guarded()
    flag.measure(0.01)
    flag.after(300)
    assert flag.percent() == 25
    flag.measure(0.5)
    assert (flag.state.mode, flag.state.reason, flag.percent()) == (Mode.ROLLED_BACK, "GuardFailed", 0)
    assert flag.state.run.failed_guard == "errors"
    flag.measure(0.0)
    assert flag.percent() == 0


@pytest.mark.parametrize("pause", ["manual", "operator", "lagging"])
def test_a_failed_guard_takes_back_a_run_that_stands(pause):
    flag = guarded()
    if pause == "manual":
        flag.ask(Verb.PAUSE, flag.state.run.id)
    flag.all_paused, flag.acknowledging = pause == "operator", pause != "lagging"
    assert flag.measure(0.5).mode is Mode.ROLLED_BACK


def test_a_guard_that_pauses_waits_for_a_person_and_has_to_fail_again_afterwards():
    flag = guarded(reaction=Reaction.PAUSE, failure_limit=1)
    flag.measure(0.5)
    flag.measure(0.5)
    assert (flag.state.mode, flag.state.reason, flag.percent()) == (Mode.PAUSED, "GuardFailed", 5)
    assert [each.reason for each in flag.state.history].count("GuardFailed") == 1
    assert flag.settle().reason == "GuardFailed"
    flag.ask(Verb.RESUME, flag.token)
    assert flag.state.mode is Mode.PROGRESSING
    assert flag.measure(0.5).mode is Mode.PROGRESSING
    assert flag.measure(0.5).reason == "GuardFailed"


def test_a_guard_that_reports_holds_nothing_up():
    flag = guarded(reaction=Reaction.REPORT)
    for _ in range(20):
        flag.measure(0.5)
    assert flag.state.mode is Mode.COMPLETED


@pytest.mark.parametrize("empty", [False, True])
def test_no_number_for_too_long_pauses_and_the_next_good_one_goes_on(empty):
    flag = guarded(error_limit=2)
    for _ in range(2):
        assert flag.measure(empty=empty).mode is Mode.PROGRESSING
    flag.measure(empty=empty)
    assert (flag.state.mode, flag.state.reason) == (Mode.PAUSED, "Inconclusive")
    flag.after(86_400)
    assert flag.percent() == 5
    flag.measure(0.01)
    assert (flag.state.mode, flag.percent()) == (Mode.PROGRESSING, 5)


def test_a_number_out_of_bounds_after_an_outage_is_a_failure():
    flag = guarded(error_limit=0)
    assert flag.measure().reason == "Inconclusive"
    assert flag.measure(0.5).reason == "GuardFailed"


def test_no_number_between_failures_ends_no_row_of_them():
    flag = guarded(failure_limit=1)
    flag.measure(0.5)
    flag.measure()
    assert flag.measure(0.5).reason == "GuardFailed"


def test_no_data_is_a_failure_where_the_guard_says_so_and_an_error_never_is():
    flag = guarded(no_data_fails=True, error_limit=0)
    assert flag.measure().reason == "Inconclusive"
    assert flag.measure(empty=True).reason == "GuardFailed"


@pytest.mark.parametrize(("value", "failed"), [(0.4, True), (0.5, False), (0.9, False), (float("inf"), False)])
def test_a_guard_may_have_a_least(value, failed):
    flag = walk(Plan(STEPS, guards=(Guard("errors", "q", least=0.5),)))
    flag.settle()
    assert (flag.measure(value).mode is Mode.ROLLED_BACK) == failed


def test_one_measurement_is_counted_once_whatever_ticks():
    flag = guarded(failure_limit=1)
    flag.measure(0.5)
    for _ in range(5):
        flag.after(1)
    assert flag.state.mode is Mode.PROGRESSING


def test_an_edit_of_the_flag_forgets_what_was_measured():
    flag = guarded(failure_limit=1, reaction=Reaction.PAUSE)
    flag.measure(0.5)
    flag.measure(0.5)
    assert flag.state.reason == "GuardFailed"
    flag.edit()
    assert flag.settle().mode is Mode.PROGRESSING


def test_an_edit_of_the_flags_own_plan_keeps_what_was_measured_by_guards_that_stay_the_same():
    flag = guarded(failure_limit=1)
    flag.measure(0.5)
    run = flag.state.run
    same = replace(run.plan, deadline=86_400)
    other = replace(run.plan, guards=(replace(run.plan.guards[0], most=0.9),))
    assert run.under(same, "own", 5_000).guards == run.guards
    assert run.under(other, "own", 5_000).guards == ()


def test_promote_is_refused_while_a_guard_fails_unless_it_is_forced():
    flag = guarded(failure_limit=5)
    flag.measure(0.5)
    flag.ask(Verb.PROMOTE, flag.token)
    assert (flag.percent(), flag.state.history[-1].reason) == (5, "PromoteRefused")
    flag.ask(Verb.PROMOTE, f"{flag.token}+force")
    assert (flag.percent(), flag.state.mode) == (100, Mode.COMPLETED)


def test_force_is_no_way_around_a_brake():
    flag = guarded()
    flag.all_paused = True
    flag.ask(Verb.PROMOTE, f"{flag.token}+force")
    assert (flag.percent(), flag.state.history[-1].reason) == (5, "PromoteRefused")


def test_numbers_alone_make_a_state_another_every_ten_minutes_at_most():
    flag = guarded(steps=(Step(5_000, hold=86_400), *STEPS[1:]))
    seen = {flag.measure(0.01 + number / 10_000).run.noted for number in range(30)}
    assert len(seen) == 3


def test_what_was_measured_survives_a_restart_with_its_numbers():
    flag = guarded(failure_limit=2)
    flag.measure(0.03)
    flag.measure(empty=True)
    evidence = restored(recorded(flag.state)).run.guards[0]
    assert (evidence.failures, evidence.errors, evidence.last) == (1, 1, flag.measurements["errors"])


def test_a_step_waits_for_enough_answers_that_are_counted_while_it_is_held():
    flag = walk(Plan((Step(5_000, hold=60, min_evaluations=100), Step(100_000))))
    flag.acknowledging = False
    flag.settle()
    flag.admitted = 1_000
    flag.settle()
    flag.acknowledging = True
    assert flag.after(60).reason == "Holding"
    assert flag.after(60).reason == "AwaitingEvaluations"
    flag.admitted = 1_099
    assert flag.settle().reason == "AwaitingEvaluations"
    flag.admitted = 30  # another operator counts from 0
    assert (flag.settle().mode, flag.percent()) == (Mode.COMPLETED, 100)


def test_answers_count_for_one_step_only():
    flag = walk(Plan((Step(5_000, min_evaluations=10), Step(25_000, min_evaluations=10), Step(100_000))))
    flag.settle()
    flag.admitted = 10
    flag.tick()
    assert flag.percent() == 25
    flag.admitted = 0
    assert flag.settle().reason == "AwaitingEvaluations"


def test_numbers_alone_tell_no_new_state():
    flag = guarded()
    flag.measure(0.01)
    before = flag.state
    flag.admitted = 5
    flag.now += 60
    flag.measurements["errors"] = replace(flag.measurements["errors"], at=float(flag.now), value=0.011)
    after = tick(flag.subject, before, flag.world, float(flag.now))
    assert after == before
    assert after.run.guards[0].last.value == 0.011


def test_a_guarded_plan_is_frozen_with_its_guards():
    flag = guarded(failure_limit=3, no_data_fails=True, reaction=Reaction.PAUSE, error_limit=7, interval=90)
    other = replace(flag.subject.ramp.plan, guards=())
    flag.subject = replace(flag.subject, ramp=Ramp(other, "standard"))
    flag.settle()
    assert flag.state.run.plan.guards[0] == Guard("errors", "q", 0.02, None, 90, 3, 7, True, Reaction.PAUSE)


def test_what_nobody_measured_is_asked_for_afterwards_as_far_as_it_could_fail_the_guard():
    flag = guarded(failure_limit=2, interval=60)
    run, (guard,) = flag.state.run, flag.state.run.plan.guards
    assert missed_ages(run, guard, flag.now + 3600) == []  # nothing was measured yet
    flag.measure(0.01)
    run = flag.state.run
    assert [missed_ages(run, guard, flag.now + seconds) for seconds in (60, 119, 120, 180, 3600)] == [
        [],
        [],
        [60],
        [120, 60],
        [180, 120, 60],
    ]


@pytest.mark.parametrize(("newest", "mode"), [(0.9, Mode.ROLLED_BACK), (0.01, Mode.PROGRESSING)])
def test_failures_that_nobody_measured_count_once_somebody_measures_again(newest, mode):
    flag = guarded(failure_limit=2)
    flag.measure(0.01)
    flag.now += 3600
    missed = tuple(Measurement(float(flag.now - age), 0.9) for age in (120, 60))
    flag.measurements = {"errors": Measurement(float(flag.now), newest, missed=missed)}
    flag.settle()
    assert flag.state.mode is mode
    kept = flag.state.run.guards[0] if flag.state.run else None
    assert kept is None or kept.last == Measurement(kept.last.at, newest)
