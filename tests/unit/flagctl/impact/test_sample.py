from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagctl.impact.buckets import by_buckets
from flagctl.impact.sample import by_sample, margin
from flagd.compiler.edits.movement import BUCKETS
from tests.unit.flagctl.impact.asked import flag, question

flags = st.builds(
    flag, st.integers(0, 100), st.lists(st.integers(0, 5), min_size=1, max_size=3).filter(lambda each: sum(each) > 0)
)


@settings(max_examples=25, deadline=None)
@given(st.one_of(st.none(), flags), st.one_of(st.none(), flags))
def test_a_sample_finds_the_exact_shares(before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    if before is None and after is None:
        return
    (exact,), (sampled,) = by_buckets(question(before, after)), by_sample(question(before, after), 2_000)
    assert sum(exact.moves.values()) in range(BUCKETS - 500, BUCKETS + 1)
    assert sum(sampled.moves.values()) == 2_000
    for move in {*exact.moves, *sampled.moves}:
        share = exact.moves.get(move, 0) / BUCKETS
        assert abs(sampled.moves.get(move, 0) / 2_000 - share) < 0.06, move


@pytest.mark.parametrize(
    ("count", "size", "error"), [(0, 1000, 0.003), (1000, 1000, 0.003), (500, 1000, 0.031), (100, 10_000, 0.00195)]
)
def test_the_error_of_a_sample_is_that_of_a_proportion(count: int, size: int, error: float) -> None:
    assert margin(count, size) == pytest.approx(error, rel=0.01)
