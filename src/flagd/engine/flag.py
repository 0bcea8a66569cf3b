"""Flag: a compiled flag, ready to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.engine.bucket import BucketTable, bucket_table
from flagd.engine.condition import Condition, Results, condition, path
from flagd.engine.variant import Reason, Variant

if TYPE_CHECKING:
    from flagd.ruleset import Cohort, EvaluationFlag

Decide = Callable[[Any, Results], Variant | None]
"""Answers for a context and the results of the flags that this one depends on."""

ALL_OTHER_USERS = "All Other Users"
_REASONS = {
    "default": Reason.DISABLED,
    "individual-inclusions": Reason.TESTER,
    "sticky-bucketing": Reason.STICKY,
    "flag-dependencies": Reason.PREREQUISITE,
}


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: who is in it, and what they get.

    Attributes:
        alternatives: sets of conditions, of which one must hold as a whole; None = everybody.
        bucket: None = everybody who matches gets `outcome`.
    """

    name: str
    alternatives: tuple[tuple[Condition, ...], ...] | None
    bucket: BucketTable | None
    outcome: Variant | None

    def matches(self, context: object, results: Results) -> bool:
        """Return whether the conditions hold."""
        return self.alternatives is None or any(
            all(part.holds(context, results) for part in parts) for parts in self.alternatives
        )

    def decide(self, context: object, results: Results) -> Variant | None:
        """Return what a user who matches gets; None = the next segment decides."""
        return self.outcome if self.bucket is None else self.bucket.outcome(context, results)


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag.

    Attributes:
        source: what it was made from.
        dependencies: keys of the flags to evaluate before.
        cohorts: member lists that its conditions name, by cohort id; None where there is no list.
        off: what a member of a cycle of dependencies gets.
    """

    source: EvaluationFlag
    segments: tuple[Segment, ...]
    dependencies: tuple[str, ...]
    cohorts: Mapping[str, Cohort | None]
    off: Variant

    def decide(self, context: object, results: Results) -> Variant | None:
        """Return what the first segment that decides gives."""
        for segment in self.segments:
            if segment.matches(context, results):
                variant = segment.decide(context, results)
                if variant is not None:
                    return variant
        return None


def flag(source: EvaluationFlag, cohorts: Mapping[str, Cohort]) -> Flag:
    """Make `source` ready to answer.

    Raises:
        AttributeError, TypeError, ValueError, LookupError: `source` is malformed.
    """
    segments = tuple(_segment(source, position, cohorts) for position in range(len(source["segments"])))
    named = {
        value: cohorts.get(value)
        for segment in segments
        for parts in segment.alternatives or ()
        for part in parts
        if part.selector[-1:] == ("cohort_ids",)
        for value in part.values
    }
    off = _variant(source, {"metadata": {"segmentName": "flag-dependencies"}}, "off", Reason.PREREQUISITE)
    return Flag(source, segments, path(source.get("dependencies") or ()), named, off or _OFF)


def _segment(source: Mapping[str, Any], position: int, cohorts: Mapping[str, Cohort]) -> Segment:
    raw = source["segments"][position]
    name = _name(raw)
    conditions, bucket = raw.get("conditions"), raw.get("bucket")
    special = _REASONS.get(name)
    reason = special or (Reason.STATIC if position == 0 and conditions is None and bucket is None else None)
    if reason is None:
        reason = Reason.TARGETING_MATCH if name not in ("", ALL_OTHER_USERS) and bucket is None else Reason.DEFAULT
    otherwise = _variant(source, raw, raw.get("variant"), reason)
    table = None
    if bucket is not None:
        made: dict[Any, Variant | None] = {}

        def admitted(key: str) -> Variant | None:
            if key not in made:
                made[key] = _variant(source, raw, key, special or Reason.SPLIT)
            return made[key]

        table = bucket_table(bucket, admitted, otherwise)
    alternatives = None
    if conditions is not None:
        alternatives = tuple(tuple(condition(part, cohorts) for part in parts) for parts in conditions)
    return Segment(name, alternatives, table, otherwise)


def _name(raw: Mapping[str, Any]) -> str:
    name = (raw.get("metadata") or {}).get("segmentName")
    return name if isinstance(name, str) else ""


def _variant(source: Mapping[str, Any], segment: Mapping[str, Any], key: str | None, reason: Reason) -> Variant | None:
    raw = None if key is None else source["variants"].get(key)
    if raw is None:
        return None
    metadata: dict[str, Any] = {}
    for part in (source, segment, raw):
        metadata.update(part.get("metadata") or {})
    return Variant(raw["key"], raw.get("value"), raw.get("payload"), metadata, reason, _name(segment))


_OFF = Variant(
    "off", None, None, {"segmentName": "flag-dependencies", "default": True}, Reason.PREREQUISITE, "flag-dependencies"
)
