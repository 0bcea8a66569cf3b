"""Flag: a compiled flag, ready to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flagd.engine.arm import with_arms
from flagd.engine.bucket import BucketTable, bucket_table
from flagd.engine.condition import Condition, Results, make_condition, texts
from flagd.engine.shared import shared_object
from flagd.engine.variant import Reason, Variant
from flagd.ruleset.cohort import sees_every_cohort
from flagd.ruleset.metadata.full_rollout import full_rollout
from flagd.ruleset.metadata.private import public_metadata
from flagd.ruleset.metadata.rollout_start import rollout_start
from flagd.value_type import typed

if TYPE_CHECKING:
    from flagd.engine.split import Split
    from flagd.ruleset import Cohort, EvaluationFlag

Decide = Callable[[Any, Results], Variant | None]
"""Answers for a context and the results of the flags that this one depends on."""

ALL_OTHER_USERS, DEPENDENCIES = "All Other Users", "flag-dependencies"
_REASONS = {
    "default": Reason.DISABLED,
    "individual-inclusions": Reason.TESTER,
    "sticky-bucketing": Reason.STICKY,
    DEPENDENCIES: Reason.PREREQUISITE,
}


@dataclass(frozen=True, slots=True)
class Segment:
    """Who is in it (None = everybody; else one set of `any_of` must hold as a whole), and what they get.

    `whole` is the bucket that it would have at 100 %, where it admits nobody; None = it is not known. `armed` is its
    bucket with outcomes that say their arm, while a run lets users in by it; None = there is no such run.
    """

    name: str
    any_of: tuple[tuple[Condition, ...], ...] | None
    bucket: BucketTable | None
    outcome: Variant | None
    whole: BucketTable | None = None
    armed: BucketTable | None = None

    @property
    def table(self) -> BucketTable | None:
        """What decides about users who match; None = `outcome` does."""
        return self.armed or self.bucket

    def matches(self, context: object, results: Results) -> bool:
        """Return whether the conditions hold."""
        return self.any_of is None or any(all(part.holds(context, results) for part in every) for every in self.any_of)

    def decide(self, context: object, results: Results) -> Variant | None:
        """Return what a user who matches gets; None = the next segment decides."""
        table = self.table
        return table.outcome(context, results) if table else self.outcome


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag.

    Attributes:
        source: what it was made from.
        dependencies: keys of the flags to evaluate before.
        cohorts: member lists by the cohort ids that conditions name; None where there is no list.
        off: what a member of a cycle of dependencies gets.
        every_cohort: whether lists that no condition names count too; then `cohorts` holds all there are.
        undeclared: whether it looks at the result of a flag that it does not depend on: the order decides what it sees.
    """

    source: EvaluationFlag
    segments: tuple[Segment, ...]
    dependencies: tuple[str, ...]
    cohorts: Mapping[str, Cohort | None]
    off: Variant
    every_cohort: bool = False
    undeclared: bool = False

    @property
    def constant(self) -> Variant | None:
        """What everybody gets, where the first segment settles it; None = it depends on the context."""
        first = self.segments[0] if self.segments else None
        return first.outcome if first and first.any_of is None and first.table is None else None

    def decide(self, context: object, results: Results) -> Variant | None:
        """Return what the first segment that decides gives: the slow path, which takes any context."""
        for segment in self.segments:
            if segment.matches(context, results) and (variant := segment.decide(context, results)) is not None:
                return variant
        return None

    def is_current(self, cohorts: Mapping[str, Cohort]) -> bool:
        """Return whether these member lists are those it was made with."""
        if self.every_cohort and not self.cohorts.keys() >= cohorts.keys():
            return False
        return not self.cohorts or all(cohorts.get(key) == cohort for key, cohort in self.cohorts.items())


def make_flag(source: EvaluationFlag, cohorts: Mapping[str, Cohort]) -> Flag:
    """Make `source` ready to answer. A malformed one raises whatever its fault leads to."""
    segments = tuple(_segment(source, raw, position, cohorts) for position, raw in enumerate(source["segments"]))
    parts = [part for segment in segments for every in segment.any_of or () for part in every]
    asking = [part for part in parts if part.selector[-1:] == ("cohort_ids",)]
    every = any(sees_every_cohort(part.op, part.values) for part in asking)
    ids = {value for part in asking for value in part.values} | set(cohorts if every else ())
    dependencies = texts(source.get("dependencies") or ())
    unmet = _Outcomes(source, {"metadata": {"segmentName": DEPENDENCIES}}, DEPENDENCIES)
    off = (unmet.make(Reason.PREREQUISITE, "off") or replace(_OFF)) if dependencies else _OFF
    selectors = [*(part.selector for part in parts), *(each.table.selector for each in segments if each.table)]
    undeclared = any(_is_stranger(selector, dependencies) for selector in selectors)
    return Flag(source, segments, dependencies, {key: cohorts.get(key) for key in ids}, off, every, undeclared)


def _is_stranger(selector: tuple[str, ...], dependencies: tuple[str, ...]) -> bool:
    return selector[:1] == ("result",) and not set(selector[1:2]) <= set(dependencies)


def splits_of(source: EvaluationFlag) -> tuple[Split, ...]:
    """Return how the segments of `source` by which a run lets users in divide them."""
    rising = [{**raw, "conditions": []} for raw in source["segments"] if rollout_start(raw) is not None]
    tables = [_segment(source, raw, position, {}).armed for position, raw in enumerate(rising)]
    rows = [row for table in tables if table is not None for row in table.rows]
    return tuple(dict.fromkeys(one.split for _, outcomes in rows for one in outcomes if one and one.split))


def _segment(source: EvaluationFlag, raw: Mapping[str, Any], position: int, cohorts: Mapping[str, Cohort]) -> Segment:
    conditions, bucket = raw.get("conditions"), raw.get("bucket")
    name = (raw.get("metadata") or {}).get("segmentName") or ""
    special = _REASONS.get(name)
    reason = special or Reason.DEFAULT
    if special is None and bucket is None:
        if position == 0 and conditions is None:
            reason = Reason.STATIC
        elif name not in ("", ALL_OTHER_USERS):
            reason = Reason.TARGETING_MATCH
    outcomes = _Outcomes(source, raw, name)
    outcome = outcomes.make(reason, raw.get("variant"))
    admit = partial(outcomes.make, special or Reason.SPLIT)
    table = None if bucket is None else bucket_table(bucket, admit, outcome)
    any_of = tuple(tuple(make_condition(part, cohorts) for part in every) for every in conditions or ())
    full = None if table else full_rollout(raw)
    whole = None if full is None else bucket_table(full, admit, outcome)
    started = rollout_start(raw)
    armed = None if started is None or outcome is None else _armed(table, started, outcome, name)
    return Segment(name, None if conditions is None else any_of, table, outcome, whole, armed)


def _armed(table: BucketTable | None, started: Mapping[str, Any], outcome: Variant, name: str) -> BucketTable:
    """Return `table` with arms; without one everybody has the `outcome`, which a few had when the run began."""
    if table is None:
        everybody = bucket_table({**started, "allocations": []}, lambda _: None, outcome)
        table = replace(everybody, otherwise=None, unhashed=outcome)
    return with_arms(table, bucket_table(started, lambda _: outcome, None), name)


class _Outcomes:
    """Makes the outcomes of one segment. Those of variants without metadata of their own share the rest of it."""

    __slots__ = ("_common", "_name", "_segment", "_source")

    def __init__(self, source: Mapping[str, Any], segment: Mapping[str, Any], name: str) -> None:
        self._source = source
        self._segment = segment
        self._name = name
        self._common: dict[str, Any] | None = None

    def make(self, reason: Reason, key: str | None) -> Variant | None:
        """Return what users get who get the variant `key`; None where there is none."""
        variant = None if key is None else self._source["variants"].get(key)
        if variant is None:
            return None
        own = variant.get("metadata")
        metadata = self._common if not own else None
        if metadata is None:
            metadata = self._merged(own or {})
            if not own:
                self._common = metadata
        payload = typed(variant.get("payload"), metadata)
        return Variant(variant["key"], variant.get("value"), payload, metadata, reason, self._name)

    def _merged(self, own: Mapping[str, Any]) -> dict[str, Any]:
        metadata: dict[str, Any] = {}
        for part in (self._source.get("metadata"), public_metadata(self._segment), own):
            metadata.update(part or {})
        return shared_object(metadata)


# Copied for each flag: answers are kept by Variant object, and hold the key of their flag.
_OFF = Variant("off", None, None, {"segmentName": DEPENDENCIES, "default": True}, Reason.PREREQUISITE, DEPENDENCIES)
