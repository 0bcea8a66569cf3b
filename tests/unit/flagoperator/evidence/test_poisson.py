"""Numbers by chance: with the mean and the spread that they should have."""

from random import Random
from statistics import fmean, pvariance

import pytest

from flagoperator.evidence.poisson import drawn


@pytest.mark.parametrize("mean", [0.02, 1.0, 7.5, 60.0, 3_000.0])
def test_numbers_have_the_mean_and_the_variance_that_is_asked_for(mean):
    dice = Random(3)
    numbers = [drawn(mean, dice.random()) for _ in range(4_000)]
    assert abs(fmean(numbers) - mean) < 4 * (mean / 4_000) ** 0.5
    assert abs(pvariance(numbers) / mean - 1) < 0.6 / min(1.0, mean) ** 0.5


def test_where_nothing_is_expected_nothing_comes():
    assert drawn(0.0, 0.999) == 0


def test_any_chance_has_a_number():
    assert drawn(50.0, 0.0) >= 0
    assert drawn(50.0, 1.0 - 2**-53) > 50
