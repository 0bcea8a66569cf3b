"""Where percentages stand before and after an edit."""

from __future__ import annotations

import pytest

from flagoperator.rollout.allocation import Allocation, Share, at_goal, percents, placed, rising

A, B = Allocation("a", 50_000, "#a"), Allocation("b", 100_000, "#b")


def test_a_flag_at_its_goals_has_nothing_to_rise():
    assert percents(at_goal([A, B])) == (("a", 50_000), ("b", 100_000))
    assert rising([A, B], at_goal([A, B])) == []


@pytest.mark.parametrize(
    ("allocations", "known", "stand"),
    [
        ([A], (Share("a", 5_000),), (("a", 5_000),)),
        ([Allocation("a", 1_000)], (Share("a", 5_000),), (("a", 1_000),)),
        ([Allocation("renamed", 50_000, "#a")], (Share("a", 5_000, "#a"),), (("renamed", 5_000),)),
        ([Allocation("other", 50_000, "#x")], (Share("a", 5_000, "#a"),), (("other", 0),)),
        ([A, B], (Share("b", 7_000),), (("a", 7_000), ("b", 7_000))),
        ([A, B], (Share("a", 7_000),), (("a", 7_000), ("b", 0))),
        ([Allocation("new", 3_000), B], (Share("b", 7_000),), (("new", 3_000), ("b", 7_000))),
    ],
    ids=["kept", "never above the goal", "renamed", "another", "new above", "new below", "new with a low goal"],
)
def test_an_edit_lets_nobody_in(allocations, known, stand):
    assert percents(placed(allocations, known)) == stand


def test_what_is_below_its_goal_rises():
    assert rising([A, B], (Share("a", 50_000), Share("b", 10))) == [(B, Share("b", 10))]
