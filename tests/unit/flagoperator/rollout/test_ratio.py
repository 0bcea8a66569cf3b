"""Ratios: who is found to be divided otherwise than percentages and weights say, and what counting again costs."""

from dataclasses import replace
from random import Random

import pytest

from flagd.engine.split import Part, Split
from flagoperator.rollout import Mode
from flagoperator.rollout.ratio import Ratio, Tally
from flagoperator.rollout.ratio_form import ratio_from, written_ratio
from tests.unit.flagoperator.rollout.flag import walk

REST = "All Other Users"


def split(segment=REST, **widths):
    parts = tuple(Part(*name.split("_"), width) for name, width in sorted(widths.items()))
    return Split(segment, ("context", "user", "user_id"), "f", parts)


EVEN = split(control_off=1, treated_on=1)


def tally(*users, of=EVEN):
    return (Tally(of, users),)


@pytest.mark.parametrize(
    ("users", "of", "found"),
    [
        ((500, 500), EVEN, False),
        ((530, 470), EVEN, False),
        ((650, 350), EVEN, True),
        ((950, 50), split(control_off=95, treated_on=5), False),
        ((800, 200), split(control_off=95, treated_on=5), True),
        ((50, 25, 25), split(control_off=2, treated_a=1, treated_b=1), False),
        ((500, 400, 100), split(control_off=2, treated_a=1, treated_b=1), True),
        ((20_000,), split(treated_on=1), False),
        ((0, 0), EVEN, False),
        ((1, 100), split(control_off=0, treated_on=1), True),
    ],
)
def test_users_who_are_divided_otherwise_are_found(users, of, found):
    assert bool(Ratio().after(tally(*users, of=of)).found) is found


def test_a_mismatch_is_told_once_and_holds_nothing_up():
    flag = walk()
    flag.settle()
    flag.tallies = tally(900, 100)
    flag.settle()
    flag.tallies = tally(1_800, 200)
    flag.settle()
    assert [each.reason for each in flag.state.history].count("Imbalance") == 1
    assert flag.state.mode is Mode.PROGRESSING
    flag.after(600)
    assert (flag.percent(), flag.state.run.ratio.found) == (25, REST)


def test_an_edit_of_the_flag_forgets_a_mismatch_and_finds_it_again_if_it_is_still_there():
    flag = walk()
    flag.settle()
    flag.tallies = tally(900, 100)
    flag.settle()
    other = replace(EVEN, salt="other")
    flag.edit()
    flag.tallies = tally(0, 0, of=other)
    flag.settle()
    assert flag.state.run.ratio.found == ""
    flag.tallies = tally(9_000, 1_000, of=other)
    flag.settle()
    assert [each.reason for each in flag.state.history].count("Imbalance") == 2


def test_what_was_found_stays_as_it_was_found():
    ratio = Ratio().after(tally(900, 100))
    after = ratio.after(tally(5, 5, of=replace(EVEN, salt="of the next step")))
    assert after.culprit == ratio.culprit == Tally(EVEN, (900, 100))


def test_a_segment_that_nobody_came_to_hides_no_other():
    empty = Tally(split("Staff", control_off=1, treated_on=1), (0, 0))
    ratio = Ratio().after((empty, Tally(EVEN, (500, 500))))
    assert ratio.most == Tally(EVEN, (500, 500))
    assert Ratio().after((empty,)).most is None


def test_counting_again_from_nobody_costs_more_each_time():
    ratio, limits = Ratio(), []
    for number in range(4):
        ratio = ratio.after(tally(100, 100, of=replace(EVEN, salt=str(number))))
        limits.append(ratio.limit)
    assert limits == [2_000, 6_000, 12_000, 20_000]
    assert sum(1 / each for each in limits) <= 1 / 1_000


def test_the_limit_is_shared_out_over_segments():
    both = (Tally(EVEN, (500, 500)), Tally(split("Staff", control_off=1, treated_on=1), (500, 500)))
    assert Ratio().after(both).limit == 2 * Ratio().after(tally(500, 500)).limit


def test_a_restart_that_nobody_has_reported_to_yet_costs_nothing_and_one_that_lost_users_does():
    ratio = Ratio().after(tally(100, 100))
    again = ratio_from(written_ratio(ratio)).after(tally(0, 0))
    assert (again.restarts, again.tallies) == (0, ratio.tallies)
    assert again.after(tally(101, 100)).restarts == 0
    assert again.after(tally(60, 40)).restarts == 1


def test_harmless_runs_that_are_looked_at_all_the_time_and_counted_again_at_every_step_are_left_alone():
    chance, found = Random(16), 0
    for _ in range(300):
        ratio = Ratio()
        for step in range(4):
            users = [0, 0]
            for _ in range(15):
                for _ in range(20):
                    users[chance.random() < 0.5] += 1
                ratio = ratio.after(tally(*users, of=replace(EVEN, salt=str(step))))
        found += bool(ratio.found)
    assert found <= 2
