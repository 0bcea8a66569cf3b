"""The e-process against products written out by hand, in exact fractions."""

from fractions import Fraction
from math import isclose
from random import Random

import pytest

from flagoperator.evidence import Counts, EProcess
from flagoperator.evidence.e_process import RATIOS

INTERVALS = [(1000, 12, 900, 9), (500, 11, 1500, 13), (0, 0, 700, 3), (40, 0, 60, 0), (2500, 61, 2500, 30)]


def by_hand(margin, intervals):
    """Return E as the formula has it: a mean of products of powers."""
    total = Fraction(0)
    for multiple in map(Fraction, RATIOS):
        product = Fraction(1)
        for treated, failed, control, failed_there in intervals:
            if treated * control == 0:
                continue
            better = treated * margin * multiple / (treated * margin * multiple + control)
            plain = treated * margin / (treated * margin + control)
            product *= (better / plain) ** failed * ((1 - better) / (1 - plain)) ** failed_there
        total += product
    return total / len(RATIOS)


@pytest.mark.parametrize("margin", ["1", "1.2", "3"])
def test_e_is_the_mean_of_products_over_all_intervals(margin):
    process = EProcess(float(margin))
    for number, interval in enumerate(INTERVALS, 1):
        process = process.after(Counts(*interval))
        assert isclose(process.value, by_hand(Fraction(margin), INTERVALS[:number]), rel_tol=1e-9)


@pytest.mark.parametrize(
    "counts", [Counts(100, 0, 100, 0), Counts(0, 0, 100, 5), Counts(100, 5, 0, 0), Counts()], ids=str
)
def test_without_failures_or_one_of_the_groups_nothing_is_learnt(counts):
    process = EProcess(1.2).after(Counts(500, 9, 500, 4))
    assert process.after(counts) == process


def test_what_is_beyond_any_float_is_still_a_number():
    process = EProcess(1.0)
    for _ in range(50):
        process = process.after(Counts(1e6, 1e5, 1e6, 10))
    assert process.value > 1e300
    assert process.log > 1000


def test_evidence_for_harm_is_forgotten_as_slowly_as_it_was_gained_and_stays_above_nothing():
    process = EProcess(1.0)
    for _ in range(1000):
        process = process.after(Counts(1000, 5, 1000, 20))
    assert 0 <= process.value < 1e-9


def test_one_more_failure_of_the_treated_is_never_less_evidence():
    dice = Random(7)
    for _ in range(200):
        treated, control = dice.randint(1, 5000), dice.randint(1, 5000)
        failed, failed_there = dice.randint(0, 50), dice.randint(0, 50)
        before = EProcess(1.2).after(Counts(treated, failed, control, failed_there))
        after = EProcess(1.2).after(Counts(treated, failed + 1, control, failed_there))
        # Each failure that is one of the treated's rather than control's speaks for harm.
        if failed_there:
            moved = EProcess(1.2).after(Counts(treated, failed + 1, control, failed_there - 1))
            assert moved.value > before.value
        assert after.logs != before.logs
