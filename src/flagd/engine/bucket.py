"""Bucket: which outcome a value is hashed to."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from heapq import heappop, heappush
from math import ceil
from typing import TYPE_CHECKING, Any

from flagd.engine.condition import Results, path, reader
from flagd.engine.text import text
from flagd.hashing import bucket as hash_bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flagd.engine.condition import Read
    from flagd.engine.variant import Variant

MAX_DISTRIBUTION = 42_949_672

Row = tuple[tuple[int, ...], tuple["Variant | None", ...]]
"""Hashes at which the outcome changes, ascending, and the outcomes before, between and after them."""


@dataclass(frozen=True, slots=True)
class BucketTable:
    """Outcomes by hash.

    Attributes:
        salt: what is hashed before the value.
        rows: outcomes, for each distinct set of allocations.
        index: the row of every allocation value from 0 to 99.
        otherwise: outcome of whoever is in no allocation, or has no value to hash.
    """

    selector: tuple[str, ...]
    read: Read
    salt: str
    index: bytes
    rows: tuple[Row, ...]
    otherwise: Variant | None

    def outcome(self, context: object, results: Results) -> Variant | None:
        """Return the outcome for the value at the selector."""
        value = text(self.read(context, results))
        if not value:
            return self.otherwise
        number = hash_bucket(self.salt, value).hash
        edges, outcomes = self.rows[self.index[number % 100]]
        return outcomes[bisect_right(edges, number)]


def bucket_table(raw: Mapping[str, Any], outcome: Callable[[Any], Variant | None], otherwise: Variant | None) -> BucketTable:
    """Return the table of `raw`, an EvaluationBucket, with `outcome` for the key of an admitted variant.

    Of ranges that overlap the first wins; where an allocation has no distribution for a hash, later ones are tried.

    Raises:
        TypeError, ValueError, LookupError: `raw` is malformed.
    """
    selector = path(raw["selector"])
    allocations = [(*allocation["range"], allocation["distributions"]) for allocation in raw["allocations"]]
    rows: dict[tuple[int, ...], int] = {}
    index = bytearray()
    for value in range(100):
        covering = tuple(number for number, (start, end, _) in enumerate(allocations) if start <= value < end)
        index.append(rows.setdefault(covering, len(rows)))
    tables = tuple(
        _row([part for number in covering for part in allocations[number][2]], outcome, otherwise) for covering in rows
    )
    return BucketTable(selector, reader(selector), str(raw["salt"]), bytes(index), tables, otherwise)


def _row(parts: Iterable[Mapping[str, Any]], outcome: Callable[[Any], Variant | None], otherwise: Variant | None) -> Row:
    ranges = [(*map(ceil, part["range"]), number, part["variant"]) for number, part in enumerate(parts)]
    pending = sorted(((start, number, end, key) for start, end, number, key in ranges if start < end), reverse=True)
    edges: list[int] = []
    outcomes: list[Variant | None] = [otherwise]
    open_ranges: list[tuple[int, int, Any]] = []
    for cut in sorted({edge for start, end, _, _ in ranges for edge in (max(start, 0), end)}):
        while pending and pending[-1][0] <= cut:
            _, number, end, key = pending.pop()
            heappush(open_ranges, (number, end, key))
        while open_ranges and open_ranges[0][1] <= cut:
            heappop(open_ranges)
        found = outcome(open_ranges[0][2]) if open_ranges else otherwise
        if cut == 0:
            outcomes[0] = found
        elif found is not outcomes[-1] and 0 < cut <= MAX_DISTRIBUTION:
            edges.append(cut * 100)
            outcomes.append(found)
    return tuple(edges), tuple(outcomes)
