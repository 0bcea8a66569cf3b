"""Counts of the two groups."""

from flagoperator.evidence import Counts


def test_counts_add_up():
    assert Counts(1, 2, 3, 4) + Counts(10, 20, 30, 40) == Counts(11, 22, 33, 44)


def test_the_ratio_is_that_of_the_rates_and_unknown_while_a_group_or_a_failure_of_control_lacks():
    assert Counts(100, 4, 1000, 20).ratio == 2
    assert Counts(100, 4, 1000, 0).ratio is None
    assert Counts(0, 0, 1000, 20).ratio is None
    assert Counts(100, 4, 0, 0).ratio is None


def test_the_smaller_group_counts():
    assert Counts(100, 4, 1000, 20).fewest == 100
