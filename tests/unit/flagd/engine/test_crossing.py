"""Two tables crossed give, for each hash, what is made of the outcomes of both."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flagd.engine.bucket import BucketTable, bucket_table
from flagd.engine.crossing import crossed, row_pairs, spans
from flagd.engine.variant import Reason, Variant
from tests.unit.flagd.engine.flags import ALLOCATIONS, END, USER_ID

VARIANTS = {key: Variant(key, key, None, {}, Reason.SPLIT, "") for key in ("on", "b", "off", "rest")}
PAIRS = {(one, two): Variant(f"{one}/{two}", None, None, {}, Reason.SPLIT, "") for one in VARIANTS for two in VARIANTS}
PARTS = st.lists(ALLOCATIONS, max_size=3)
EDGES = [0, 1, 10_000_000, 20_000_000, 21474837, END - 1]
NUMBERS = st.builds(lambda edge, offset: max(0, edge * 100 + offset), st.sampled_from(EDGES), st.integers(-101, 101))


def table(allocations: list[dict[str, Any]]) -> BucketTable:
    raw = {"selector": USER_ID, "salt": "s", "allocations": allocations}
    return bucket_table(raw, VARIANTS.get, VARIANTS["rest"])


@given(PARTS, PARTS, st.lists(NUMBERS, min_size=1))
def test_a_crossed_table_gives_what_is_made_of_both_outcomes(one, two, numbers):
    left, right = table(one), table(two)

    def pair(first, second):
        return first and second and PAIRS[first.key, second.key]

    both = crossed(left, right, pair)
    for number in numbers:
        assert both.at(number) is pair(left.at(number), right.at(number))


@given(PARTS, PARTS)
def test_the_spans_of_a_pair_of_rows_are_all_hashes_once(one, two):
    for pair in row_pairs(table(one), table(two)):
        found = [(first, end) for first, end, _, _ in spans(pair)]
        assert (found[0][0], found[-1][1]) == (0, 1 << 32)
        assert [end for _, end in found[:-1]] == [first for first, _ in found[1:]]
