"""FlagSegment: conditions that several flags share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flagd.manifest.kind import Kind
from flagd.manifest.model import Model
from flagd.manifest.parts.audience import ANY_OF_RULE, AUDIENCE_RULES, MATCH_RULE, audience_references
from flagd.manifest.parts.condition import AnyOf, Match, SegmentRefs
from flagd.manifest.resource import Resource
from flagd.manifest.rules.condition import check_audience
from flagd.manifest.rules.repetition import repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.finding import Finding
    from flagd.manifest.reference import Reference


class FlagSegmentSpec(Model):
    """A named set of users. One of `match` and `anyOf`, or only `segmentRefs`."""

    match: Match
    any_of: AnyOf
    segment_refs: SegmentRefs


class FlagSegment(Resource):
    """Conditions that several flags share."""

    kind: Literal["FlagSegment"] = "FlagSegment"
    spec: FlagSegmentSpec


def _check(spec: FlagSegmentSpec) -> Iterator[Finding]:
    yield from check_audience(spec, ("spec",))
    yield from repeated(spec.segment_refs, ("spec", "segmentRefs"))


def _references(spec: FlagSegmentSpec) -> Iterator[Reference]:
    return audience_references(spec, ("spec",))


KIND = Kind(
    FlagSegment,
    "fseg",
    check=_check,
    references=_references,
    rules={
        "FlagSegmentSpec": AUDIENCE_RULES,
        "FlagSegmentSpec.match": (MATCH_RULE,),
        "FlagSegmentSpec.anyOf": (ANY_OF_RULE,),
    },
)
