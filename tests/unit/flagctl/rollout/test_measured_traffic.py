"""What is said of traffic that was measured; tests/wire/test_measured_traffic.py measures it."""

import pytest

from flagctl.rollout.measured_traffic import _traffic
from flagoperator.evidence import Traffic


def test_counts_are_an_hours_attempts_and_the_share_that_failed():
    found = _traffic(48_000, 480, 86_400)
    assert found.traffic == Traffic(2_000, 0.01)
    assert found.told == "measured over the last 1d: 2000 attempts an hour, 1.00% failed"


@pytest.mark.parametrize(
    ("attempts", "failures", "told"),
    [
        (0, 0, "no attempt over the last 1h; give --users-per-hour"),
        (100, 0, "no failure over the last 1h; give --users-per-hour"),
        (100, 60, "60 of 100 attempts failed over the last 1h; fix that first"),
    ],
)
def test_what_nothing_can_be_planned_by_is_said(attempts, failures, told):
    found = _traffic(attempts, failures, 3_600)
    assert found.traffic is None
    assert found.told.startswith(told)
