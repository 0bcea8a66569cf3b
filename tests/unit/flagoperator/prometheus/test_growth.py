"""Growth: what came between two samples, and what counts for nothing."""

import pytest

from flagoperator.evidence import Counts
from flagoperator.prometheus.growth import Samples, growth
from flagoperator.prometheus.reading import NoAnswer


def counters(**values):
    """Return series by arm and pod: ``treated_a=5``."""
    return {(("pod", name[-1]), ("rollout_arm", name[:-2])): float(value) for name, value in values.items()}


def grown(before, after):
    return growth(Samples(1.0, *before), Samples(2.0, *after))


def test_counts_are_differences_of_each_series_added_up_by_arm():
    before = counters(treated_a=10, treated_b=20, control_a=100), counters(treated_a=1, control_a=2)
    after = counters(treated_a=15, treated_b=27, control_a=190), counters(treated_a=3, control_a=7)
    assert grown(before, after).counts == Counts(12, 2, 90, 5)
    assert grown(before, after).remark == ""


def test_a_series_that_is_new_or_fell_adds_nothing_and_is_told():
    before = counters(treated_a=10, control_a=100), counters(treated_a=5)
    after = counters(treated_a=3, control_a=150, control_b=4_000), counters(treated_a=1, control_a=9)
    found = grown(before, after)
    assert found.counts == Counts(0, 0, 50, 0)
    for part in ("1 series of attempts are new", "1 series of attempts fell", "1 series of failures are new"):
        assert part in found.remark


def test_a_series_that_is_gone_adds_nothing():
    assert grown((counters(treated_a=10, control_a=5), {}), (counters(control_a=6), {})).counts == Counts(0, 0, 1, 0)


def test_more_failures_than_attempts_are_no_counts():
    before = counters(treated_a=10, control_a=10), counters(treated_a=0, control_a=0)
    after = counters(treated_a=11, control_a=20), counters(treated_a=5, control_a=1)
    with pytest.raises(NoAnswer, match="5 of 1 attempts of treated failed; attempts must count failed ones too"):
        grown(before, after)
