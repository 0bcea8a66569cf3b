"""FlagSegment: conditions that several flags share."""

from __future__ import annotations

from flagd.manifest.model import Model
from flagd.manifest.parts.condition import AnyOf, Match, SegmentRefs


class FlagSegmentSpec(Model):
    """A named set of users. One of `match` and `anyOf`, or only `segmentRefs`."""

    match: Match
    any_of: AnyOf
    segment_refs: SegmentRefs
