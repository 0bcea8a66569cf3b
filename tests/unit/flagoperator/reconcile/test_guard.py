"""What would turn off most flags waits for a second list or for somebody who says yes."""

from __future__ import annotations

import pytest

from flagoperator.reconcile.guard import TOLD, Guard, Look, Removal, is_mass_removal, told


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


@pytest.mark.parametrize(
    "loss",
    [
        Removal("shop", "r2", 1, 0),
        Removal("shop", "r2", 5, 5, cohorts=(3, 2)),
        Removal("shop", "r2", 5, 5, deployments=(1, 0)),
    ],
)
def test_nothing_goes_while_a_kind_is_not_served_and_it_is_said_which(loss: Removal):
    guard = Guard()
    guard.judge([loss], 4000, Look(now=10, listed=5))
    assert not guard.held
    (held,) = guard.judge([loss], 4000, Look(now=10, listed=5, unserved={"FlagCohort", "Flag"}))
    assert "is held until the API server serves Flag, FlagCohort again and two lists say the same" in str(held)
    guard.judge([loss], 4000, Look(now=20, listed=5, unserved={"Flag"}, confirmed={"r2"}))
    assert not guard.held


@pytest.mark.parametrize("kind", ["cohorts", "deployments"])
def test_when_nothing_is_left_of_cohorts_or_deployments_in_the_whole_cluster_they_are_held(kind: str):
    guard = Guard()
    losses = [Removal(name, "r2", 5, 5, **{kind: (1, 0)}) for name in ("shop", "ads")]
    other = Removal("other", "r", 5, 5, **{kind: (1, 1)})
    guard.judge([*losses, other], 15, Look(now=10, listed=5))
    assert not guard.held
    guard.judge(losses[:1], 5, Look(now=10, listed=5))
    assert not guard.held, "the only one may go"
    guard.judge(losses, 10, Look(now=10, listed=5))
    assert guard.held.keys() == {"shop", "ads"}
    assert f"1 of 1 {kind} would go" in str(guard.held["ads"])
    guard.judge(losses, 10, Look(now=20, listed=11))
    assert not guard.held


def test_of_many_that_are_held_a_few_are_told_one_by_one_and_the_rest_together():
    held = [Removal(f"p{number}", "gone", 2, 0, cohorts=(1, 0)) for number in range(400)]
    assert len(told(held[:TOLD])) == TOLD
    assert told(held)[-1] == "400 projects together: 800 flags, 400 cohorts would go; /readyz has the revisions"
    assert len(told(held)) == TOLD + 1
