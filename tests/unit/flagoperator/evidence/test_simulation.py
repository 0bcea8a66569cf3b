"""Simulations in short; `make simulate` plays ten times as many ramps."""

from random import Random

import pytest

from flagoperator.evidence import Rule
from flagoperator.evidence.simulation import Outcome, harmful, harmless, once, restarted, scaled

ALPHA = 0.05
RULE = Rule(margin=1.0, limit=1 / ALPHA)


@pytest.mark.parametrize("margin", [1.0, 1.2])
def test_harmless_ramps_are_left_alone_as_often_as_promised_and_not_by_never_firing(margin):
    found = harmless(1_000, Rule(margin, 1 / ALPHA), once, Random(1).random)
    assert not found.exceeds(ALPHA)
    assert found.share >= ALPHA / 5


@pytest.mark.parametrize("judge", [scaled, restarted])
def test_a_planted_fault_breaks_the_promise(judge):
    assert harmless(600, RULE, judge, Random(2).random).exceeds(ALPHA)


def test_a_doubling_is_found_by_the_time_that_is_printed():
    printed, found = harmful(400, Rule(1.2, 100), Random(3).random)
    assert 3 * 3600 < printed < 6 * 3600
    assert 0.74 < found.share < 0.86


def test_three_standard_errors_are_borne():
    assert not Outcome(10_000, 129).exceeds(0.01)
    assert Outcome(10_000, 131).exceeds(0.01)
