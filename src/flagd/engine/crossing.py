"""Crossing: two tables that hash the same value alike, read as one."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flagd.engine.bucket import BucketTable, Row
    from flagd.engine.variant import Variant

    Rows = tuple[Row, Row]
    Outcome = Callable[[Variant | None, Variant | None], Variant | None]

_HASHES = 1 << 32


def crossed(table: BucketTable, other: BucketTable, outcome: Outcome) -> BucketTable:
    """Return `table` with what `outcome` makes of its outcome for a hash and of that of `other`."""
    rows: dict[Rows, Row] = {}
    index = bytearray()
    for pair in row_pairs(table, other):
        if pair not in rows:
            rows[pair] = _row(pair, outcome)
        index.append(list(rows).index(pair))
    return replace(table, index=bytes(index), rows=tuple(rows.values()))


def row_pairs(table: BucketTable, other: BucketTable) -> list[Rows]:
    """Return the rows of both for every allocation value, 0 to 99."""
    return [(table.rows[one], other.rows[two]) for one, two in zip(table.index, other.index, strict=True)]


def spans(pair: Rows) -> Iterator[tuple[int, int, Variant | None, Variant | None]]:
    """Yield ranges of hashes, ascending, together all: first, end, and what each of the two rows gives there."""
    one, two = pair
    for first, end in pairwise((*sorted({0, *one[0], *two[0]}), _HASHES)):
        yield first, end, _at(one, first), _at(two, first)


def _row(pair: Rows, outcome: Outcome) -> Row:
    found = [(first, outcome(one, two)) for first, _, one, two in spans(pair)]
    return tuple(first for first, _ in found[1:]), tuple(made for _, made in found)


def _at(row: Row, number: int) -> Variant | None:
    edges, outcomes = row
    return outcomes[bisect_right(edges, number)]
