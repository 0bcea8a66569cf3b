"""The Bayes factor against PyPI's ssrm-test 0.1.0 with dirichlet_concentration=100, computed once."""

from math import exp, inf, isclose, log
from random import Random

import pytest

from flagoperator.evidence.sample_ratio import ALARM, log_bayes_factor

ORACLE = [
    ([500, 500], [0.5, 0.5], 0.30082688215237213),
    ([520, 480], [0.5, 0.5], 0.6230520391978357),
    ([600, 400], [0.5, 0.5], 26667080.336085506),
    ([900, 60, 40], [0.9, 0.05, 0.05], 0.5582254008541744),
    ([830, 700], [0.5, 0.5], 44.470302999165895),
    ([3000, 3400, 3600], [0.3, 0.3, 0.4], 7.58489689681153e17),
]


@pytest.mark.parametrize(("users", "weights", "factor"), ORACLE)
def test_the_factor_is_that_of_the_oracle(users, weights, factor):
    assert isclose(exp(log_bayes_factor(users, weights)), factor, rel_tol=1e-9)


@pytest.mark.parametrize(("users", "weights", "factor"), ORACLE)
def test_weights_need_not_add_up_to_one(users, weights, factor):
    assert isclose(exp(log_bayes_factor(users, [each * 7 for each in weights])), factor, rel_tol=1e-9)


def test_a_user_in_a_variant_of_weight_0_is_an_alarm_and_the_variant_counts_for_nothing_else():
    assert log_bayes_factor([500, 500, 0], [1, 1, 0]) == log_bayes_factor([500, 500], [1, 1])
    assert log_bayes_factor([500, 500, 1], [1, 1, 0]) == inf


@pytest.mark.parametrize(("users", "weights"), [([0, 0], [1, 1]), ([], []), ([0], [0])])
def test_without_users_nothing_is_known(users, weights):
    assert log_bayes_factor(users, weights) == 0


def test_one_variant_is_never_out_of_proportion():
    assert isclose(log_bayes_factor([20_000], [1]), 0, abs_tol=1e-9)


def test_no_more_than_one_true_split_in_a_thousand_is_an_alarm_however_often_it_is_looked_at():
    dice, alarms = Random(11), 0
    for _ in range(300):
        users = [0, 0]
        for _ in range(100):
            users[0] += (found := dice.getrandbits(40).bit_count())
            users[1] += 40 - found
            if log_bayes_factor(users, [1, 1]) >= log(ALARM):
                alarms += 1
                break
    assert alarms <= 2
