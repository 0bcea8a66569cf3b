"""Explain: why a user gets a variant, step by step, by the predicates that evaluation runs. Mirrors ExplainResponse."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flagd.attribute import format_attribute
from flagd.condition import text
from flagd.engine.bucket import MAX_DISTRIBUTION
from flagd.hashing import bucket

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from flagd.condition import Condition, Results
    from flagd.engine.bucket import BucketTable, Row
    from flagd.engine.flag import Flag
    from flagd.hashing import Bucket
    from flagd.variant import Variant

_MAX_DEPENDENCIES = 20
_MAX_SHOWN = 10
_END = 100 * (MAX_DISTRIBUTION + 1)


@dataclass(frozen=True, slots=True)
class ConditionExplanation:
    """One condition with the value seen, None where the user has none. `values` holds the first ten."""

    attribute: str
    op: str
    values: tuple[str, ...]
    value_count: int
    actual: str | None
    matched: bool

    def line(self) -> str:
        """Return the condition and what was seen."""
        more = f", … {self.value_count - len(self.values)} more" if self.value_count > len(self.values) else ""
        saw = "none" if self.actual is None else f"'{self.actual:.100}'"
        return f"{self.attribute} {self.op} [{', '.join(self.values)}{more}]: saw {saw}"


@dataclass(frozen=True, slots=True)
class ConditionSetExplanation:
    """Conditions that must all hold."""

    conditions: tuple[ConditionExplanation, ...]


@dataclass(frozen=True, slots=True)
class BucketExplanation:
    """How a bucket was computed and what it led to. Percentages are decimals, empty where the ranges are no rollout."""

    attribute: str
    salt: str
    value: str | None
    hash: int
    allocation: int
    distribution: int
    rollout_percent: str
    admitted: bool
    admitted_from_percent: str

    def line(self) -> str:
        """Return the verdict with its numbers."""
        if self.value is None:
            return f"no {self.attribute} to hash, so in no bucket"
        where = f"bucket {self.allocation} of 100 (murmur3 of '{self.salt}/{self.value}' is {self.hash})"
        since = f"from {self.admitted_from_percent} %" if self.admitted_from_percent else ""
        if self.admitted:
            return f"{where}, rollout {self.rollout_percent} %: in{f', {since}' if since else ''}"
        return f"{where}, rollout {self.rollout_percent} %: not yet{f'; would be admitted {since}' if since else ''}"


@dataclass(frozen=True, slots=True)
class SegmentExplanation:
    """One segment and what became of the user in it; `variant` is empty where the next segment decides."""

    name: str
    matched: bool
    any_of: tuple[ConditionSetExplanation, ...]
    bucket: BucketExplanation | None
    variant: str

    def lines(self) -> Iterator[str]:
        """Yield the verdict and its cause, then the bucket."""
        sets = [one.conditions for one in self.any_of]
        if self.matched:
            shown = [part for every in sets if all(part.matched for part in every) for part in every] if sets else []
            why = " and ".join(part.line() for part in shown[:_MAX_SHOWN]) or "everybody"
        else:
            failed = [next(part for part in every if not part.matched) for every in sets]
            why = "; ".join(part.line() for part in failed[:_MAX_SHOWN]) or "it has no conditions that could hold"
        yield f"segment '{self.name}': {'yes' if self.matched else 'no'} — {why}"
        if self.bucket:
            yield f"  {self.bucket.line()}"
        if self.matched:
            yield f"  gives {self.variant}" if self.variant else "  gives nothing, the next segment decides"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a user gets `variant` of a flag.

    Attributes:
        segments: in the order they were tried; the last one decided. None were where the flag depends on itself.
        dependencies: the flags that this one depends on, parents first: the nearest 20, each without its own.
    """

    flag_key: str
    variant: Variant | None
    segments: tuple[SegmentExplanation, ...]
    dependencies: tuple[Explanation, ...] = ()

    def lines(self) -> list[str]:
        """Return the text for people."""
        verdict = f"{self.variant.key} ({self.variant.reason})" if self.variant else "nothing: no segment decides"
        lines = [f"{self.flag_key}: {verdict}"]
        lines += [f"  {line}" for segment in self.segments for line in segment.lines()]
        if not self.segments and self.variant:
            lines.append("  its prerequisites lead back to itself, so they cannot be met")
        lines += [f"  {line}" for parent in self.dependencies for line in ("needed:", *parent.lines())]
        return lines


def explain(flags: Iterable[tuple[str, Flag]], cyclic: Collection[str], context: object) -> Explanation:
    """Explain the last of `flags`, which are in order of evaluation; `cyclic` names those that depend on themselves."""
    results: dict[str, Variant] = {}
    explained = [_explain(key, flag, key in cyclic, context, results) for key, flag in flags]
    *parents, last = explained
    return replace(last, dependencies=tuple(parents[-_MAX_DEPENDENCIES:]))


def _explain(key: str, flag: Flag, cyclic: bool, context: object, results: dict[str, Variant]) -> Explanation:
    segments: list[SegmentExplanation] = []
    variant = flag.off if cyclic else None
    for segment in () if cyclic else flag.segments:
        sets = [[_condition(part, context, results) for part in every] for every in segment.any_of or ()]
        matched = segment.any_of is None or any(all(part.matched for part in every) for every in sets)
        variant = segment.decide(context, results) if matched else None
        hashed = _bucket(segment.bucket, context, results) if matched and segment.bucket else None
        any_of = tuple(ConditionSetExplanation(tuple(every)) for every in sets)
        segments.append(SegmentExplanation(segment.name, matched, any_of, hashed, variant.key if variant else ""))
        if variant is not None:
            break
    if variant is not None:
        results[key] = variant
    return Explanation(key, variant, tuple(segments))


def _condition(part: Condition, context: object, results: Results) -> ConditionExplanation:
    value = part.read(context, results)
    attribute, shown = format_attribute(part.selector), part.values[:_MAX_SHOWN]
    return ConditionExplanation(attribute, part.op, shown, len(part.values), text(value), part.test(value))


def _bucket(table: BucketTable, context: object, results: Results) -> BucketExplanation:
    value = text(table.read(context, results)) or None
    found = bucket(table.salt, value or "")
    shares = [_share(table.rows[row], table.otherwise) for row in table.index]
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
    )


def _share(row: Row, otherwise: Variant | None) -> float:
    """Return which part of the distributions the row admits: 0 to 1."""
    edges, outcomes = row
    bounds = (0, *edges, _END)
    return (
        sum(
            end - start
            for start, end, outcome in zip(bounds, bounds[1:], outcomes, strict=True)
            if outcome is not otherwise
        )
        / _END
    )


def _admitted_from(table: BucketTable, found: Bucket, shares: list[float]) -> str:
    """Return the smallest percentage that admits `found`, to 0.001 where the rollout is fractional.

    A fractional percentage admits, of the last allocation, that fraction of every variant's own range.
    """
    whole = sum(share == 1 for share in shares)
    if min(shares[:whole], default=1) < 1 or any(shares[whole + 1 :]):
        return ""
    if whole == len(shares) or not shares[whole]:
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
