"""What would turn off most flags waits for a second list or for somebody who says yes."""

from __future__ import annotations

import pytest

from flagoperator.reconcile.guard import Guard, Look, Removal, is_mass_removal


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        (10, 0, False),
        (11, 0, True),
        (20, 10, False),
        (22, 11, False),
        (23, 11, True),
        (100, 51, False),
        (100, 49, True),
    ],
)
def test_more_than_half_and_more_than_ten_is_held(before: int, after: int, held: bool):
    assert is_mass_removal(before, after) is held


LOSS = Removal("shop", "r2", 100, 3)


def test_it_is_held_until_a_list_that_began_later():
    guard = Guard()
    assert guard.judge([LOSS], 100, Look(now=10, listed=5)) == [LOSS]
    assert guard.judge([LOSS], 100, Look(now=20, listed=9)) == []
    assert guard.held == {"shop": LOSS}
    guard.judge([LOSS], 100, Look(now=30, listed=11))
    assert not guard.held


def test_confirming_its_revision_lets_it_go_at_once():
    guard = Guard()
    guard.judge([LOSS], 100, Look(now=10, listed=5, confirmed={"r1"}))
    assert guard.held
    guard.judge([LOSS], 100, Look(now=10, listed=5, confirmed={"r2"}))
    assert not guard.held


def test_what_comes_back_is_not_held():
    guard = Guard()
    guard.judge([LOSS], 100, Look(now=10, listed=5))
    guard.judge([Removal("shop", "r1", 100, 100)], 100, Look(now=11, listed=5))
    assert not guard.held
    assert guard.judge([LOSS], 100, Look(now=12, listed=5)) == [LOSS], "a new removal waits anew"


def test_many_small_projects_that_vanish_together_are_held():
    guard = Guard()
    losses = [Removal(f"p{number}", "gone", 5, 0) for number in range(8)]
    guard.judge(losses, 40, Look(now=10, listed=5))
    assert len(guard.held) == 8
    guard.judge(losses, 4000, Look(now=10, listed=5))
    assert not guard.held
