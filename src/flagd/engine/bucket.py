"""Bucket: which outcome a value is hashed to."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

from flagd.condition.attribute import format_attribute
from flagd.condition.text import text
from flagd.engine.condition import Read, Results, reader, texts
from flagd.engine.shared import LARGEST, shared
from flagd.engine.variant import Variant
from flagd.hashing import bucket, utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Row = tuple[tuple[int, ...], tuple[Variant | None, ...]]
"""The hashes at which the outcome changes, ascending, and the outcomes before, between and after them."""

Allocation = tuple[int, int, tuple[tuple[Any, ...], ...]]
"""From where to where, and the distributions: each from where to where, and the key of a variant."""

MAX_DISTRIBUTION = 42_949_672
_NOBODY = object()
"""In place of a variant's key: no distribution is here."""


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
    selector, salt = shared(texts(raw["selector"])), _salt(raw["salt"])
    allocations = tuple(map(_allocation, raw["allocations"]))
    small = sum(len(distributions) for *_, distributions in allocations) <= LARGEST
    layout = (_known_layout if small else _layout)(allocations)
    outcomes: dict[object, Variant | None] = {key: admit(key) for key in layout.variants}
    outcomes[_NOBODY] = otherwise
    rows = tuple((edges, tuple(outcomes[key] for key in keys)) for edges, keys in layout.rows)
    unhashed = None if otherwise is None else otherwise.without(format_attribute(selector))
    return BucketTable(selector, reader(selector), salt, layout.index, rows, otherwise, unhashed)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What tables of the same percentages have in common, whatever their variants are.

    Attributes:
        index: the row of every allocation value, 0 to 99.
        rows: the hashes at which the outcome changes, and the keys of variants before, between and after them.
        variants: the keys of all that are named.
    """

    index: bytes
    rows: tuple[tuple[tuple[int, ...], tuple[object, ...]], ...]
    variants: frozenset[object]


def _allocation(raw: Mapping[str, Any]) -> Allocation:
    start, end = map(ceil, raw["range"])
    if max(start, 0) >= min(end, 100):
        return start, end, ()  # nobody gets there, whatever it says
    return start, end, tuple((*map(ceil, part["range"]), part["variant"]) for part in raw["distributions"])


def _layout(allocations: tuple[Allocation, ...]) -> _Layout:
    edges = {edge for start, end, _ in allocations for edge in (start, end) if 0 < edge < 100}
    rows: dict[tuple[int, ...], tuple[tuple[int, ...], tuple[object, ...]]] = {}
    index = bytearray()
    for cut, end in pairwise((0, *sorted(edges), 100)):
        covering = tuple(number for number, (start, stop, _) in enumerate(allocations) if start <= cut < stop)
        if covering not in rows:
            rows[covering] = _row([part for number in covering for part in allocations[number][2]])
        index += bytes((list(rows).index(covering),)) * (end - cut)
    variants = frozenset(key for *_, parts in allocations for *_, key in parts)
    return _Layout(bytes(index), tuple(rows.values()), variants)


_known_layout = lru_cache(maxsize=4096)(_layout)
"""Flags of a project repeat percentages."""


def _salt(given: str) -> str:
    return given if given.isascii() else utf8(given).decode()


def _row(ranges: list[tuple[Any, ...]]) -> tuple[tuple[int, ...], tuple[object, ...]]:
    inner = {edge for start, end, _ in ranges for edge in (start, end) if 0 < edge <= MAX_DISTRIBUTION}
    outcomes = [
        (cut, next((key for start, end, key in ranges if start <= cut < end), _NOBODY)) for cut in (0, *sorted(inner))
    ]
    # Ranges overlap by one where Amplitude and our compiler divide users: the edge that changes nothing goes.
    turns = [outcomes[0], *(after for before, after in pairwise(outcomes) if before[1] != after[1])]
    return tuple(cut * 100 for cut, _ in turns[1:]), tuple(key for _, key in turns)
