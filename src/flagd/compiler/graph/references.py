"""References: which other resources of the project a resource names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.last_good.unreadable import Unreadable
from flagd.manifest.parts.condition import COHORT_OPERATORS
from flagd.manifest.resource import KINDS, Flag, FlagGroup, FlagSegment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flagd.manifest.diagnostic import ResourceRef
    from flagd.manifest.kinds.flag import FlagSpec, Segment, Testers
    from flagd.manifest.kinds.segment import FlagSegmentSpec
    from flagd.manifest.resource import Resource

Node = tuple[str, str]
"""A kind and a name. Flags and groups share one kind, `KEY`, because they share one space of names."""

KEY = "Key"
SEGMENT = "FlagSegment"
COHORT = "FlagCohort"
DEPLOYMENT = "FlagDeployment"
_KEYED = frozenset({"Flag", "FlagGroup"})


def node_of(resource: Resource | Unreadable) -> Node:
    """Return what others name `resource` by."""
    if isinstance(resource, Unreadable):
        return resource.node
    if isinstance(resource, Flag | FlagGroup):
        return KEY, resource.key
    return resource.kind, resource.metadata.name


def stand_ins(refused: Mapping[ResourceRef, str], beside: Iterable[Resource | Unreadable]) -> list[Unreadable]:
    """Return what stands for resources with errors, by reference and key, in the projects that `beside` makes."""
    there = list(beside)
    projects, taken = {one.ref.namespace for one in there}, {one.ref for one in there}
    return [
        Unreadable(ref, (KEY if ref.kind in _KEYED else ref.kind, key))
        for ref, key in refused.items()
        if ref.namespace in projects and ref not in taken and ref.kind in KINDS
    ]


def references(resource: Resource) -> frozenset[Node]:
    """Return everything that `resource` names, whether it exists or not."""
    if isinstance(resource, Flag):
        return frozenset(_flag(resource.spec))
    if isinstance(resource, FlagSegment):
        return frozenset(_match(resource.spec))
    if isinstance(resource, FlagGroup) and resource.spec.holdout is not None:
        holdout = resource.spec.holdout
        return frozenset([*_testers(holdout.include), *_testers(holdout.exclude)])
    return frozenset()


def _flag(spec: FlagSpec) -> Iterator[Node]:
    for name in spec.deployments:
        yield DEPLOYMENT, name
    if spec.prerequisites is not None:
        for each in spec.prerequisites.flags:
            yield KEY, each.key
    for membership in spec.member_of:
        yield KEY, membership.group
    yield from _testers(spec.off_testers)
    for variant in spec.variants:
        if variant.testers is not None:
            yield from _testers(variant.testers)
    for segment in spec.segments:
        yield from _match(segment)


def _testers(testers: Testers | None) -> Iterable[Node]:
    return [(COHORT, name) for name in testers.cohorts] if testers is not None else ()


def _match(spec: Segment | FlagSegmentSpec) -> Iterator[Node]:
    for name in spec.segment_refs:
        yield SEGMENT, name
    groups = [spec.match or (), *(group.match for group in spec.any_of or ())]
    for conditions in groups:
        for condition in conditions:
            if condition.op in COHORT_OPERATORS:
                for name in condition.values:
                    yield COHORT, name
