"""Rules: what a resource must fulfil beyond the types of its fields, judged by itself alone.

What needs other resources (references, cycles, keys taken twice) is the compiler's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import warning
from flagd.manifest.resource import Flag, FlagCohort, FlagDeployment, FlagGroup, FlagSegment
from flagd.manifest.rules.condition import check_audience
from flagd.manifest.rules.flag import check_flag, check_unit
from flagd.manifest.rules.float_text import check_texts
from flagd.manifest.rules.group import check_group
from flagd.manifest.rules.repetition import repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.finding import Finding
    from flagd.manifest.kinds.cohort import FlagCohortSpec
    from flagd.manifest.kinds.deployment import FlagDeploymentSpec
    from flagd.manifest.kinds.segment import FlagSegmentSpec
    from flagd.manifest.resource import Resource


def check(resource: Resource) -> Iterator[Finding]:
    """Yield what is wrong with `resource`."""
    match resource:
        case Flag():
            yield from check_flag(resource.spec)
        case FlagSegment():
            yield from _segment(resource.spec)
        case FlagCohort():
            yield from _cohort(resource.spec)
        case FlagDeployment():
            yield from _deployment(resource.spec)
        case FlagGroup():
            yield from check_group(resource.spec)


def _segment(spec: FlagSegmentSpec) -> Iterator[Finding]:
    yield from check_audience(spec, ("spec",))
    yield from repeated(spec.segment_refs, ("spec", "segmentRefs"))


def _cohort(spec: FlagCohortSpec) -> Iterator[Finding]:
    yield from check_unit(spec.unit, ("spec", "unit"))
    yield from check_texts(spec.members, ("spec", "members"))


def _deployment(spec: FlagDeploymentSpec) -> Iterator[Finding]:
    yield from repeated(spec.key_hashes, ("spec", "keyHashes"))
    if not spec.key_hashes:
        yield warning(
            ("spec",), "NoKeys", "has no keyHashes, so that no caller can use it; `flagctl key new` makes one"
        )
