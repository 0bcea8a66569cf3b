from __future__ import annotations

import pytest

from flagd.backoff import Backoff

BACKOFF = Backoff(0.5, 30)


@pytest.mark.parametrize(("failures", "seconds"), [(1, 0.5), (2, 1), (3, 2), (7, 30), (100_000, 30)])
def test_waits_double_up_to_the_longest(failures: int, seconds: float) -> None:
    assert BACKOFF.seconds(failures) == seconds


@pytest.mark.parametrize(("failures", "most"), [(1, 1), (2, 2), (100, 30)])
def test_those_who_wait_together_return_one_by_one(failures: int, most: float) -> None:
    waits = [BACKOFF.spread(failures) for _ in range(200)]
    assert 0.5 <= min(waits) <= max(waits) <= most
    assert len(set(waits)) > 100
