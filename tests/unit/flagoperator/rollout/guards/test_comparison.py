"""Comparisons: what takes a run back, what holds it up, and what an edit costs."""

from dataclasses import replace

import pytest

from flagoperator.evidence import Counts
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
)
from flagoperator.rollout.guards.comparison import Comparison, Look
from tests.unit.flagoperator.rollout.flag import Walk, allocation, walk

STEPS = (Step(5_000, hold=300), Step(25_000, hold=300), Step(100_000, hold=60))
EQUAL = Counts(1_000, 10, 1_000, 10)
HARM = Counts(1_000, 100, 1_000, 10)


class Compared(Walk):
    """A flag whose comparison is fed with counts, a minute after the other."""

    def look(self, counts=Counts(), trouble="", guard="errors"):  # noqa: B008 - frozen
        self.now += 60
        looks = () if counts is None else (Look(float(self.now), counts),)
        self.measurements[guard] = Measurement(float(self.now), trouble=trouble, looks=looks)
        return self.settle()

    def compared(self, guard="errors"):
        return next(each.compared for each in self.state.run.guards if each.name == guard)


def comparing(*, steps=STEPS, alpha=0.01, guards=1, least=1_000, **fields):
    made = tuple(
        Guard(name, "", comparison=Comparison("f", "a", 1.0, least), **fields)
        for name in ("errors", "latency", "money")[:guards]
    )
    plain = walk(Plan(steps, guards=made, alpha=alpha))
    flag = Compared(plain.subject)
    flag.settle()
    assert flag.percent() == 5
    return flag


def test_harm_takes_back_the_whole_run():
    flag = comparing()
    flag.look()
    flag.look(HARM)
    assert (flag.state.mode, flag.state.reason, flag.percent()) == (Mode.ROLLED_BACK, "GuardFailed", 0)


def test_equal_failures_let_it_go_on_to_the_end():
    flag = comparing()
    while flag.percent() < 100:
        flag.look(EQUAL)
    assert (flag.state.mode, flag.percent()) == (Mode.PROGRESSING, 100)
    flag.after(60)
    assert flag.state.mode is Mode.COMPLETED


def test_a_step_waits_until_both_groups_have_made_enough_attempts():
    flag = comparing(least=3_000)
    for _ in range(6):
        assert flag.look(Counts(300, 3, 3_000, 30)).mode is Mode.PROGRESSING
    assert (flag.percent(), flag.state.reason) == (5, "AwaitingGuards")
    flag.look(Counts(1_200, 12, 0, 0))
    assert flag.percent() == 25


def test_evidence_goes_through_all_steps():
    flag = comparing()
    for _ in range(6):
        flag.look(EQUAL)
    assert flag.percent() == 25
    assert flag.compared().counts.treated == 6_000


def test_without_control_a_comparison_is_not_measured_holds_nothing_up_and_keeps_its_evidence():
    flag = comparing()
    while flag.percent() < 100:
        flag.look(EQUAL)
    before = flag.compared()
    assert list(due_guards(flag.state.run, flag.now + 10_000)) == []
    assert flag.after(60).mode is Mode.COMPLETED
    assert before.counts.control > 0


def test_a_goal_below_100_is_compared_to_its_end():
    flag = Compared(replace(comparing().subject, allocations=(allocation("All Other Users", 50),)))
    flag.settle()
    while flag.percent() < 50:
        flag.look(EQUAL)
    assert [each.name for each in due_guards(flag.state.run, flag.now + 60)] == ["errors"]
    flag.look(HARM)
    assert flag.state.reason == "GuardFailed"


@pytest.mark.parametrize(("guards", "alpha", "limit"), [(1, 0.01, 100), (2, 0.01, 200), (3, 0.05, 60)])
def test_alpha_is_shared_out_over_the_comparisons_of_a_plan(guards, alpha, limit):
    assert comparing(guards=guards, alpha=alpha).state.run.plan.limit == pytest.approx(limit)


def test_what_only_measures_takes_no_part_of_alpha():
    plan = Plan(STEPS, guards=(Guard("a", "q", most=1), Guard("b", "", comparison=Comparison("f", "a"))))
    assert plan.limit == 100


def test_every_edit_begins_a_comparison_again_at_a_higher_price():
    flag = comparing(reaction=Reaction.REPORT)
    flag.look(EQUAL)
    for restarts, price in ((1, 2), (2, 6), (3, 12)):
        flag.edit()
        flag.settle()
        compared = flag.compared()
        assert (compared.restarts, compared.price, compared.counts, compared.until) == (restarts, price, Counts(), None)
        assert set(compared.process.logs) == {0.0}


def test_evidence_for_one_run_is_not_enough_after_an_edit():
    enough = Counts(1_000, 32, 1_000, 10)
    flag = comparing()
    flag.look(enough)
    assert flag.state.reason == "GuardFailed"
    flag = comparing()
    flag.look()
    flag.edit()
    flag.settle()
    flag.look(enough)
    assert flag.state.mode is Mode.PROGRESSING


def with_plan(flag, **fields):
    """Return the flag's own ramp with another plan."""
    plan = replace(flag.state.run.plan, **fields)
    return Ramp(plan, repr(plan))


def changed(flag, **fields):
    return (replace(flag.state.run.plan.guards[0], **fields),)


@pytest.mark.parametrize(
    "edit",
    [
        lambda _: {"deadline": 86_400},
        lambda _: {"steps": (Step(5_000, hold=900), Step(50_000, hold=300), Step(100_000))},
        lambda flag: {"guards": (*flag.state.run.plan.guards, Guard("slow", "latency", most=1.0))},
        lambda flag: {"guards": changed(flag, interval=300, reaction=Reaction.PAUSE)},
        lambda flag: {"guards": changed(flag, comparison=Comparison("f", "a", 1.0, 5_000))},
    ],
    ids=["deadline", "steps", "another guard", "its reaction", "its least attempts"],
)
def test_an_edit_of_the_ramp_restarts_no_comparison_that_it_does_not_change(edit):
    flag = comparing()
    flag.look()
    flag.look(EQUAL)
    before = flag.compared()
    flag.edit(ramp=with_plan(flag, **edit(flag)))
    flag.settle()
    assert flag.compared() == before
    flag.look(EQUAL)
    assert flag.compared().counts == EQUAL + EQUAL


@pytest.mark.parametrize("path", ["changed", "renamed", "taken away and put back"])
def test_a_comparison_that_an_edit_of_the_ramp_replaces_is_paid_for(path):
    flag = comparing()
    flag.look()
    flag.look(EQUAL)
    wider = replace(flag.state.run.plan.guards[0], comparison=Comparison("f", "a", 1.5, 1_000))
    if path == "taken away and put back":
        flag.edit(ramp=with_plan(flag, guards=()))
        flag.settle()
    flag.measurements.clear()  # they are those of the ramp before
    name = "others" if path == "renamed" else "errors"
    flag.edit(ramp=with_plan(flag, guards=(replace(wider, name=name),)))
    flag.settle()
    flag.look(guard=name)
    compared = flag.compared(name)
    assert (compared.restarts, compared.price, compared.process.margin, compared.counts) == (1, 2, 1.5, Counts())


def test_a_comparison_that_paused_a_run_pays_for_another_try_when_it_is_resumed():
    flag = comparing(reaction=Reaction.PAUSE)
    flag.look(HARM)
    assert (flag.state.mode, flag.state.reason) == (Mode.PAUSED, "GuardFailed")
    flag.ask(Verb.RESUME, flag.token)
    assert (flag.state.mode, flag.compared().restarts) == (Mode.PROGRESSING, 1)


def test_what_made_a_comparison_pause_is_not_counted_again_after_it_is_resumed():
    flag = comparing(reaction=Reaction.PAUSE)
    flag.look(HARM)
    bad = flag.measurements["errors"].looks
    flag.ask(Verb.RESUME, flag.token)
    flag.now += 60
    # The operator tells of all looks again that it may not have taken in.
    flag.measurements["errors"] = Measurement(float(flag.now), looks=(*bad, Look(float(flag.now), EQUAL)))
    flag.settle()
    assert (flag.state.mode, flag.compared().counts) == (Mode.PROGRESSING, EQUAL)


def test_trouble_lets_nobody_in_takes_nobody_back_and_pauses_when_it_stays():
    flag = comparing(error_limit=2)
    for _ in range(6):
        flag.look(EQUAL)
    assert flag.percent() == 25
    for _ in range(2):
        assert flag.look(None, "no answer within 10 s").mode is Mode.PROGRESSING
    assert flag.look(None, "no answer within 10 s").reason == "Inconclusive"
    flag.after(86_400)
    assert flag.percent() == 25
    flag.look(EQUAL)
    assert flag.state.mode is Mode.PROGRESSING


def test_a_look_is_taken_in_once_whatever_tells_of_it_again():
    flag = comparing()
    look = Look(5.0, EQUAL)
    for _ in range(3):
        flag.now += 60
        flag.measurements["errors"] = Measurement(float(flag.now), looks=(look,))
        flag.settle()
    assert flag.compared().counts == EQUAL


def test_evidence_survives_a_restart_to_the_last_digit():
    flag = comparing()
    flag.look(Counts(1_003, 7, 19_001, 171))
    flag.look(Counts(997, 13, 18_999, 169))
    after = restored(recorded(flag.state)).run
    assert after.guards[0].compared == flag.compared()
    assert after.plan == flag.state.run.plan


def test_a_plan_keeps_its_comparisons_while_a_run_lasts():
    flag = comparing(alpha=0.05)
    flag.subject = replace(flag.subject, ramp=Ramp(Plan(STEPS), "standard"))
    flag.settle()
    assert flag.state.run.plan.guards[0].comparison == Comparison("f", "a", 1.0, 1_000)
    assert flag.state.run.plan.alpha == 0.05
