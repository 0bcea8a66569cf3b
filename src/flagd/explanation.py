"""Explanation: why a user gets a variant, step by step. Mirrors flagd.v1.ExplainResponse; `lines` are for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.variant import Variant

_MAX_SHOWN = 10


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
        verdict = "in" if self.admitted else "not yet"
        if self.admitted_from_percent:
            verdict += f"; {'' if self.admitted else 'would be '}admitted from {self.admitted_from_percent} %"
        hashed = f"murmur3 of '{self.salt}/{self.value:.100}' is {self.hash}"
        return f"bucket {self.allocation} of 100 ({hashed}), rollout {self.rollout_percent} %: {verdict}"


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
