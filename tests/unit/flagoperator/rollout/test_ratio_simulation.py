"""Runs played with dice in short; `make simulate` plays 10,000."""

from random import Random

import pytest

from flagoperator.rollout.ratio_simulation import as_said, by_p_value, by_ratio, losing, reported, sharing

PROMISED = 0.001


def test_runs_whose_users_are_divided_as_said_are_left_alone():
    assert not reported(400, as_said, by_ratio, Random(1).random).exceeds(PROMISED)


def test_a_p_value_that_is_looked_at_all_the_time_breaks_the_promise():
    assert reported(300, as_said, by_p_value, Random(2).random).exceeds(PROMISED)


@pytest.mark.parametrize("draw", [sharing, losing])
def test_users_who_are_divided_otherwise_are_reported(draw):
    assert reported(60, draw, by_ratio, Random(3).random).share > 0.8
