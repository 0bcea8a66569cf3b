"""Arms: the allocations of which users are compared."""

import pytest

from flagoperator.rollout import REST, Allocation, Plan, Run, Share, Step
from flagoperator.rollout.arm import arms, is_uncontrolled


def compared(start, now):
    """Return the arms and whether control has run out, by allocation in whole percent."""
    allocations = [Allocation(name, 100_000) for name in now]
    run = Run("id", "digest", "", Plan((Step(100_000),)), tuple(Share(name, at * 1000) for name, at in start.items()))
    shares = tuple(Share(name, at * 1000) for name, at in now.items())
    return {name: at / 1000 for name, at in arms(run, allocations, shares).items()}, is_uncontrolled(
        run, allocations, shares
    )


@pytest.mark.parametrize(
    ("start", "now", "found"),
    [
        ({REST: 0}, {REST: 0}, ({}, False)),
        ({REST: 0}, {REST: 5}, ({REST: 0}, False)),
        ({REST: 5}, {REST: 25}, ({REST: 5}, False)),
        ({REST: 5}, {REST: 100}, ({REST: 5}, True)),
        # Staff are settled: to compare them with others would compare audiences.
        ({"Staff": 0, REST: 0}, {"Staff": 100, REST: 5}, ({REST: 0}, False)),
        ({"Staff": 0, REST: 0}, {"Staff": 100, REST: 0}, ({"Staff": 0}, True)),
        ({"Staff": 10, REST: 0}, {"Staff": 50, REST: 50}, ({"Staff": 10, REST: 0}, False)),
        ({"Staff": 100, REST: 0}, {"Staff": 100, REST: 5}, ({REST: 0}, False)),
    ],
)
def test_who_was_let_in_is_compared_with_who_was_not_in_the_same_allocation(start, now, found):
    assert compared(start, now) == found
