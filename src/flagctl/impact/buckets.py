"""Buckets: what a change does within each segment, by all buckets there are: exact, without a single user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagctl.impact.impact import Impact
from flagctl.impact.move import Move
from flagctl.impact.rewriting import rewritten
from flagctl.impact.segments import notes, segment_pairs
from flagd.compiler.edits.movement import BUCKETS, flow, same_bucket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagctl.impact.question import Question
    from flagctl.impact.segments import SegmentPair
    from flagd.ruleset.flag import EvaluationSegment

_REBUCKETED = "the bucketing changed, and the shares are those of independent buckets"


def by_buckets(question: Question) -> list[Impact]:
    """Return the moves of each flag as numbers of buckets, of `BUCKETS` in each segment."""
    return [_impact(question, key) for key in question.keys]


def _impact(question: Question, key: str) -> Impact:
    before, after = question.before.flag(key), question.after.flag(key)
    pairs = segment_pairs(before, after)
    again = rewritten(before, after)
    moves = {
        Move(pair.name, old, new, old == new and old in again): width
        for pair in pairs
        for (old, new), width in _flow(pair).items()
        if width
    }
    left_out = notes(before, after)
    if not all(same_bucket(pair.before, pair.after) for pair in pairs):
        left_out = (*left_out, _REBUCKETED)
    return Impact(question.project, key, moves, {pair.name: BUCKETS for pair in pairs}, left_out)


def _flow(pair: SegmentPair) -> Mapping[tuple[str, str], int]:
    if same_bucket(pair.before, pair.after):
        return flow(pair.before, pair.after)
    had, has = dict(_shares(pair.before)), dict(_shares(pair.after))
    return {(old, new): one * other // BUCKETS for old, one in had.items() for new, other in has.items()}


def _shares(segment: EvaluationSegment) -> Iterator[tuple[str, int]]:
    for (variant, _), width in flow(segment, segment).items():
        yield variant, width
