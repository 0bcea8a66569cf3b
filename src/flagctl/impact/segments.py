"""Segments: which segment of a flag before a change is which after it, by their names, and what that leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.impact.move import NONE
from flagd.compiler.edits.movement import REST, segment_name
from flagd.manifest.model import RESERVED_SEGMENT_NAMES
from flagd.ruleset.forms.client_ruleset import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagd.ruleset import EvaluationFlag
    from flagd.ruleset.flag import EvaluationSegment

_ABSENT: EvaluationSegment = {"variant": NONE}
_PLAIN = {REST, "default"}


@dataclass(frozen=True, slots=True)
class SegmentPair:
    """What users of one segment get before and after; both stand for everybody who is in it."""

    name: str
    before: EvaluationSegment
    after: EvaluationSegment


def segment_pairs(before: EvaluationFlag | None, after: EvaluationFlag | None) -> list[SegmentPair]:
    """Return the segments of which both sides are known: those of one name, and all where a flag is new or inactive."""
    old, new = _targets(before), _targets(after)
    found = []
    for name in new or old:
        one, other = _at(before, old, name), _at(after, new, name)
        if one is not None and other is not None:
            found.append(SegmentPair(name, one, other))
    return found


def notes(before: EvaluationFlag | None, after: EvaluationFlag | None) -> tuple[str, ...]:
    """Return what segments alone do not show, each as a sentence."""
    return tuple(_notes(before, after))


def _notes(before: EvaluationFlag | None, after: EvaluationFlag | None) -> Iterator[str]:
    old, new = _targets(before), _targets(after)
    if old and new:
        yield from (f"{name} is new" for name in new if name not in old)
        yield from (f"{name} is gone" for name in old if name not in new)
        both = [name for name in new if name in old]
        if [name for name in old if name in new] != both:
            yield "the order of segments changed"
        if any(old[name].get("conditions") != new[name].get("conditions") for name in both):
            yield "who is in a segment changed"
    if _others(before) != _others(after):
        yield "testers, prerequisites or groups changed"
    if before == after:
        yield "a flag, group or cohort that it depends on changed"


def _targets(flag: EvaluationFlag | None) -> Mapping[str, EvaluationSegment]:
    segments = () if flag is None else flag["segments"]
    named = {segment_name(segment): segment for segment in segments}
    return {name: each for name, each in named.items() if name == REST or name not in RESERVED_SEGMENT_NAMES}


def _others(flag: EvaluationFlag | None) -> list[EvaluationSegment]:
    segments = () if flag is None else flag["segments"]
    return [each for each in segments if segment_name(each) in RESERVED_SEGMENT_NAMES - _PLAIN]


def _at(flag: EvaluationFlag | None, targets: Mapping[str, EvaluationSegment], name: str) -> EvaluationSegment | None:
    if flag is None:
        return _ABSENT
    return targets.get(name) if targets else DEFAULT
