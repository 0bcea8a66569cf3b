"""Explain: how an answer comes about, by the same predicates and tables but not by the code that answers."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from flagd.condition.attribute import format_attribute
from flagd.condition.text import text
from flagd.engine.explanation import (
    DISTRIBUTIONS,
    BucketExplanation,
    ConditionExplanation,
    ConditionSetExplanation,
    Explanation,
    ListExplanation,
    SegmentExplanation,
)
from flagd.engine.operator import compared_as
from flagd.hashing import bucket

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from flagd.engine.bucket import BucketTable, Row
    from flagd.engine.condition import Condition, Results
    from flagd.engine.flag import Flag, Segment
    from flagd.engine.variant import Variant
    from flagd.hashing import Bucket

_MAX_DEPENDENCIES = 20
_MAX_VALUES = 10
_WHOLE = 1 - 1e-6  # ranges of weights may leave out a distribution or two
_END = 100 * DISTRIBUTIONS
_ONE_RANGE = (0, 0, "")


def explain(flags: Iterable[tuple[str, Flag]], cyclic: Collection[str], context: object) -> Explanation:
    """Explain the last of `flags`, which are in order of evaluation; `cyclic` names those that depend on themselves."""
    results: dict[str, Variant] = {}
    *parents, last = [_explain(key, flag, key in cyclic, context, results) for key, flag in flags]
    return replace(last, dependencies=tuple(parents[-_MAX_DEPENDENCIES:]))


def _explain(key: str, flag: Flag, cyclic: bool, context: object, results: dict[str, Variant]) -> Explanation:
    segments: list[SegmentExplanation] = []
    variant = flag.off if cyclic else None
    for segment in () if cyclic else flag.segments:
        sets = [[_condition(part, context, results) for part in every] for every in segment.any_of or ()]
        matched = segment.any_of is None or any(all(part.matched for part in every) for every in sets)
        variant = segment.decide(context, results) if matched else None
        hashed = _hashed(segment, context, results) if matched else None
        any_of = tuple(ConditionSetExplanation(tuple(every)) for every in sets)
        segments.append(SegmentExplanation(segment.name, matched, any_of, hashed, variant.key if variant else ""))
        if variant is not None:
            break
    if variant is not None:
        results[key] = variant
    return Explanation(key, variant, tuple(segments))


def _condition(part: Condition, context: object, results: Results) -> ConditionExplanation:
    value = part.read(context, results)
    attribute, shown = format_attribute(part.selector), part.values[:_MAX_VALUES]
    flag = part.selector[1] if part.selector[:1] == ("result",) and len(part.selector) > 1 else ""
    matched = part.test(value)
    compared = compared_as(part.op, part.values, value)
    lists = [ListExplanation(name, len(one.members), one.as_of) for name, one in part.lists[:_MAX_VALUES]]
    return ConditionExplanation(
        attribute, part.op, shown, len(part.values), text(value), matched, *compared, flag, tuple(lists)
    )


def _hashed(segment: Segment, context: object, results: Results) -> BucketExplanation | None:
    if segment.bucket:
        return _bucket(segment.bucket, context, results)
    if segment.whole is None:
        return None
    at_full = _bucket(segment.whole, context, results)
    return replace(at_full, rollout_percent="0", admitted=False)


def _bucket(table: BucketTable, context: object, results: Results) -> BucketExplanation:
    value = text(table.read(context, results)) or None
    found = bucket(table.salt, value or "")
    shares = [_share(table.rows[row], table.otherwise) for row in table.index]
    start, end, percent = _range(table.rows[table.index[found.allocation]], found) if value is not None else _ONE_RANGE
    return BucketExplanation(
        attribute=format_attribute(table.selector),
        salt=table.salt,
        value=value,
        hash=found.hash,
        allocation=found.allocation,
        distribution=found.distribution,
        rollout_percent=_decimal(round(sum(shares) * 1000)),
        admitted=value is not None and table.at(found.hash) is not table.otherwise,
        admitted_from_percent=_admitted_from(table, found, shares) if value is not None else "",
        range_start=start,
        range_end=end,
        range_percent=percent,
    )


def _range(row: Row, found: Bucket) -> tuple[int, int, str]:
    """Return the range of distributions that `found` is in, and its share of all in percent."""
    cuts = [edge // 100 for edge in row[0]]
    if not cuts:
        return _ONE_RANGE
    position = bisect_right(cuts, found.distribution)
    start, end = ([0, *cuts][position], [*cuts, DISTRIBUTIONS][position])
    return start, end, _decimal(round(100_000 * (end - start) / DISTRIBUTIONS))


def _share(row: Row, otherwise: Variant | None) -> float:
    """Return which part of the distributions the row admits: 0 to 1."""
    edges, outcomes = row
    widths = (end - start for start, end in pairwise((0, *edges, _END)))
    return sum(width for width, outcome in zip(widths, outcomes, strict=True) if outcome is not otherwise) / _END


def _admitted_from(table: BucketTable, found: Bucket, shares: list[float]) -> str:
    """Return the smallest percentage, in steps of 0.001, that admits `found`.

    A fractional percentage admits, of the last allocation, that fraction of every variant's own range.
    """
    whole = sum(share > _WHOLE for share in shares)
    if min(shares[:whole], default=1) < _WHOLE or any(shares[whole + 1 :]):
        return ""
    if not any(shares):
        return str(found.allocation + 1)
    edges, outcomes = table.rows[table.index[0]]
    starts = [
        start // 100
        for start, outcome, before in zip((0, *edges), outcomes, (table.otherwise, *outcomes), strict=False)
        if outcome is not before and outcome is not table.otherwise
    ]
    position = bisect_right(starts, found.distribution)
    start, end = ([0, *starts][position], [*starts, _END // 100][position])
    return _decimal(found.allocation * 1000 + 1000 * (found.distribution - start) // (end - start) + 1)


def _decimal(thousandths: int) -> str:
    return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".")
