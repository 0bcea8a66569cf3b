"""Bucket: which outcome a value is hashed to."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

from flagd.condition.attribute import format_attribute
from flagd.condition.text import text
from flagd.engine.condition import Read, Results, reader, texts
from flagd.engine.variant import Variant
from flagd.hashing import bucket, utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Row = tuple[tuple[int, ...], tuple[Variant | None, ...]]
"""The hashes at which the outcome changes, ascending, and the outcomes before, between and after them."""

MAX_DISTRIBUTION = 42_949_672


@dataclass(frozen=True, slots=True)
class BucketTable:
    """Outcomes by hash.

    Attributes:
        rows: outcomes, for each distinct set of allocations.
        index: the row of every allocation value, 0 to 99.
        otherwise: the outcome of anyone who is in no range.
        unhashed: the outcome of anyone who has no value to hash.
    """

    selector: tuple[str, ...]
    read: Read
    salt: str
    index: bytes
    rows: tuple[Row, ...]
    otherwise: Variant | None
    unhashed: Variant | None

    def outcome(self, context: object, results: Results) -> Variant | None:
        """Return the outcome for the value at the selector."""
        value = text(self.read(context, results))
        return self.at(bucket(self.salt, value).hash) if value else self.unhashed

    def at(self, number: int) -> Variant | None:
        """Return the outcome for a hash."""
        edges, outcomes = self.rows[self.index[number % 100]]
        return outcomes[bisect_right(edges, number)]


def bucket_table(
    raw: Mapping[str, Any], admit: Callable[[Any], Variant | None], otherwise: Variant | None
) -> BucketTable:
    """Return the table of `raw`, an EvaluationBucket, where `admit` makes the outcome of a distribution.

    Of ranges that overlap the first wins; where an allocation has none for a hash, later allocations are tried.
    """
    selector, salt = texts(raw["selector"]), utf8(raw["salt"]).decode()
    allocations = [(*map(ceil, part["range"]), part["distributions"]) for part in raw["allocations"]]
    outcomes = {key: admit(key) for key in {part["variant"] for _, _, parts in allocations for part in parts}}
    edges = {edge for start, end, _ in allocations for edge in (start, end) if 0 < edge < 100}
    rows: dict[tuple[int, ...], Row] = {}
    index = bytearray()
    for cut, end in pairwise((0, *sorted(edges), 100)):
        covering = tuple(number for number, (start, stop, _) in enumerate(allocations) if start <= cut < stop)
        if covering not in rows:
            rows[covering] = _row([part for number in covering for part in allocations[number][2]], outcomes, otherwise)
        index += bytes((list(rows).index(covering),)) * (end - cut)
    unhashed = None if otherwise is None else replace(otherwise, missing=format_attribute(selector))
    return BucketTable(selector, reader(selector), salt, bytes(index), tuple(rows.values()), otherwise, unhashed)


def _row(distributions: list[Any], admitted: Mapping[str, Variant | None], otherwise: Variant | None) -> Row:
    ranges = [(*map(ceil, part["range"]), admitted[part["variant"]]) for part in distributions]
    inner = {edge for start, end, _ in ranges for edge in (start, end) if 0 < edge <= MAX_DISTRIBUTION}
    cuts = [0, *sorted(inner)]
    outcomes = [next((found for start, end, found in ranges if start <= cut < end), otherwise) for cut in cuts]
    return tuple(cut * 100 for cut in cuts[1:]), tuple(outcomes)
