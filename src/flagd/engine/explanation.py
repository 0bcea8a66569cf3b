"""Explanation: why a user gets a variant, step by step. Mirrors flagd.v1.ExplainResponse; `lines` are for people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flagd.condition.glob import glob_of
from flagd.engine.variant import Arm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flagd.engine.variant import Variant

_MAX_SHOWN = 10
INACTIVE, PREREQUISITES = "default", "flag-dependencies"
"""Segments that the compiler adds for an inactive flag and for prerequisites (Amplitude's names)."""

DISTRIBUTIONS = 42_949_673
"""How many values ``hash div 100`` has."""

_ADDED = {"individual-inclusions": "testers", "sticky-bucketing": "sticky bucketing"}
_COHORT_OPERATORS = {"set contains any": "in cohort", "set does not contain any": "not in cohort"}
_GLOB_OPERATORS = {"regex match": "glob match", "regex does not match": "glob does not match"}
_ARMS = {
    Arm.TREATED: "  arm of the rollout: treated, let in by this run",
    Arm.CONTROL: "  arm of the rollout: control, not let in by this run yet",
}
_HIDDEN = "a flag or group that this key does not see"


@dataclass(frozen=True, slots=True)
class ListExplanation:
    """The list that a cohort is made from.

    Attributes:
        cohort: name of the FlagCohort.
        ids: how many it holds.
        as_of: since when it is as it is, in seconds since 1970; 0 where it is not read.
    """

    cohort: str
    ids: int
    as_of: int

    def __str__(self) -> str:
        if not self.as_of:
            return f"the list of {self.cohort} is not read here"
        since = datetime.fromtimestamp(self.as_of, UTC)
        return f"{self.cohort}: {self.ids:,} ids as of {since:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class ConditionExplanation:
    """One condition with the value seen, None where the user has none.

    Attributes:
        values: the first ten.
        value_count: how many there are.
        compared_as: ``numbers``, ``versions`` or ``text`` where the operator orders values; else empty.
        misread: with ``text``, what is not a number or a version: the value seen, or one of `values`.
        flag: key of the flag or group whose variant it looks at; empty where it looks at the user.
        lists: the fetched lists among the cohorts that it names, the first ten.
    """

    attribute: str
    op: str
    values: tuple[str, ...]
    value_count: int
    actual: str | None
    matched: bool
    compared_as: str = ""
    misread: str = ""
    flag: str = ""
    lists: tuple[ListExplanation, ...] = ()

    def shown(self, sees: Callable[[str], bool]) -> ConditionExplanation:
        """Return the same for a reader who sees these flags and groups; of others only whether it held."""
        if not self.flag or sees(self.flag):
            return self
        return ConditionExplanation(_HIDDEN, "", (), 0, None, self.matched)

    def line(self, op: str = "") -> str:
        """Return the condition and what was seen, with `op` for its operator if one is given."""
        if not self.op:
            return self.attribute
        more = f", … {self.value_count - len(self.values)} more" if self.value_count > len(self.values) else ""
        compared, written = self._as_written()
        values = ", ".join(value if value.strip() == value != "" else f"'{value}'" for value in written)
        saw = "none" if self.actual is None else f"'{self.actual:.100}'"
        asked = f"{self.attribute} {op}" if op else compared
        return f"{asked} [{values}{more}]: saw {saw}{self._comparison()}{self._listed()}"

    def _listed(self) -> str:
        """Return size and age of the lists, in brackets."""
        told = "; ".join(map(str, self.lists))
        return f" ({told})" if told else ""

    def _as_written(self) -> tuple[str, tuple[str, ...]]:
        """Return what is compared and the values as a manifest says it, whatever it is compiled to."""
        owner, _, field = self.attribute.rpartition(".")
        if field == "cohort_ids" and self.op in _COHORT_OPERATORS:
            whose = "" if owner == "user" else f"{owner} "
            return f"{whose}{_COHORT_OPERATORS[self.op]}", self.values
        globs = [glob_of(value) for value in self.values] if self.op in _GLOB_OPERATORS else [None]
        if not globs or None in globs:
            return f"{self.attribute} {self.op}", self.values
        return f"{self.attribute} {_GLOB_OPERATORS[self.op]}", tuple(glob for glob in globs if glob is not None)

    def _comparison(self) -> str:
        if self.compared_as != "text":
            return f", compared as {self.compared_as}" if self.compared_as else ""
        noun = "version" if self.op.startswith("version") else "number"
        return f", compared as text: '{self.misread:.100}' is not a {noun}"


@dataclass(frozen=True, slots=True)
class ConditionSetExplanation:
    """Conditions that must all hold."""

    conditions: tuple[ConditionExplanation, ...]

    def shown(self, sees: Callable[[str], bool]) -> ConditionSetExplanation:
        """Return the same for a reader who sees these flags and groups."""
        return ConditionSetExplanation(tuple(one.shown(sees) for one in self.conditions))


@dataclass(frozen=True, slots=True)
class BucketExplanation:
    """How a bucket was computed and what it led to.

    Attributes:
        rollout_percent: effective rollout in percent, a decimal.
        admitted_from_percent: smallest percentage that admits the user; empty where the ranges are not a rollout.
        range_start: first distribution of the range that decided which variant; 0 where there is one range.
        range_end: the distribution after its last; 0 where there is one range.
        range_percent: share of all distributions that the range has, a decimal; empty where there is one range.
    """

    attribute: str
    salt: str
    value: str | None
    hash: int
    allocation: int
    distribution: int
    rollout_percent: str
    admitted: bool
    admitted_from_percent: str
    range_start: int = 0
    range_end: int = 0
    range_percent: str = ""

    def lines(self, variant: str) -> Iterator[str]:
        """Yield the verdict with its numbers, then why it gives `variant` rather than another."""
        if self.value is None:
            yield f"no {self.attribute} to hash, so in no bucket"
            return
        verdict = "in" if self.admitted else "not yet"
        if self.admitted_from_percent:
            verdict += f"; {'' if self.admitted else 'would be '}admitted from {self.admitted_from_percent} %"
        hashed = f"murmur3 of '{self.salt}/{self.value:.100}' is {self.hash}"
        yield f"bucket {self.allocation} of 100 ({hashed}), rollout {self.rollout_percent} %: {verdict}"
        if self.admitted and self.range_percent:
            share = f"{self.range_start} to {self.range_end - 1}, the {self.range_percent} % of {variant}"
            yield f"distribution {self.distribution} of {DISTRIBUTIONS} is in {share}"


@dataclass(frozen=True, slots=True)
class SegmentExplanation:
    """One segment and what became of the user in it; `variant` is empty where the next segment decides."""

    name: str
    matched: bool
    any_of: tuple[ConditionSetExplanation, ...]
    bucket: BucketExplanation | None
    variant: str

    def shown(self, sees: Callable[[str], bool]) -> SegmentExplanation:
        """Return the same for a reader who sees these flags and groups."""
        return replace(self, any_of=tuple(one.shown(sees) for one in self.any_of))

    def lines(self) -> Iterator[str]:
        """Yield the verdict and its cause, then the bucket."""
        inactive = self.name == INACTIVE and self.matched
        yield "the flag is inactive (spec.active is false)" if inactive else self._verdict()
        if self.bucket:
            yield from (f"  {line}" for line in self.bucket.lines(self.variant))
        if self.matched:
            yield f"  gives {self.variant}" if self.variant else "  gives nothing, the next segment decides"

    def _verdict(self) -> str:
        if self.name == PREREQUISITES:
            return f"prerequisites: {'not met' if self.matched else 'met'} — {self._cause(op='is')}"
        title = _ADDED.get(self.name, f"segment '{self.name}'")
        return f"{title}: {'yes' if self.matched else 'no'} — {self._cause()}"

    def _cause(self, op: str = "") -> str:
        sets = [one.conditions for one in self.any_of]
        if self.matched:
            shown = [part for every in sets if all(part.matched for part in every) for part in every] if sets else []
            return " and ".join(part.line(op) for part in shown[:_MAX_SHOWN]) or "everybody"
        failed = [next(part for part in every if not part.matched) for every in sets]
        return "; ".join(part.line(op) for part in failed[:_MAX_SHOWN]) or "it has no conditions that could hold"


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

    def shown(self, sees: Callable[[str], bool]) -> Explanation:
        """Return the same without what it says of flags and groups that the reader does not see."""
        segments = tuple(segment.shown(sees) for segment in self.segments)
        dependencies = tuple(one.shown(sees) for one in self.dependencies if sees(one.flag_key))
        return replace(self, segments=segments, dependencies=dependencies)

    def lines(self) -> list[str]:
        """Return the text for people."""
        verdict = f"{self.variant.key} ({self.variant.reason})" if self.variant else "nothing: no segment decides"
        lines = [f"{self.flag_key}: {verdict}"]
        lines += [_ARMS[self.variant.arm]] if self.variant and self.variant.arm else []
        lines += [f"  {line}" for segment in self.segments for line in segment.lines()]
        if not self.segments and self.variant:
            lines.append("  its prerequisites lead back to itself, so they cannot be met")
        lines += [f"  {line}" for parent in self.dependencies for line in ("needed:", *parent.lines())]
        return lines
