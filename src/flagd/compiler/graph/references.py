"""References: which other resources of the project a resource names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.last_good.unreadable import Unreadable
from flagd.manifest.kinds import KINDS
from flagd.manifest.model import KEYS
from flagd.manifest.path import format_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.manifest.diagnostic import ResourceRef
    from flagd.manifest.resource import Resource

Node = tuple[str, str]
"""A space of names (`Kind.names`) and a name. Flags and groups share one space, `KEY`."""

KEY = KEYS
SEGMENT = "FlagSegment"
COHORT = "FlagCohort"
DEPLOYMENT = "FlagDeployment"


def node_named(kind: str, name: str) -> Node:
    """Return the node that a reference to the resource `name` of `kind` means."""
    return KINDS[kind].names, name


def node_of(resource: Resource | Unreadable) -> Node:
    """Return what others name `resource` by."""
    if isinstance(resource, Unreadable):
        return resource.node
    return node_named(resource.kind, resource.key)


def stand_ins(refused: Mapping[ResourceRef, str], beside: Iterable[Resource | Unreadable]) -> list[Unreadable]:
    """Return what stands for resources with errors, by reference and key, in the projects that `beside` makes."""
    if not refused:
        return []
    there = list(beside)
    projects, taken = {one.ref.namespace for one in there}, {one.ref for one in there}
    return [
        Unreadable(ref, node_named(ref.kind, key))
        for ref, key in refused.items()
        if ref.namespace in projects and ref not in taken and ref.kind in KINDS
    ]


def references(resource: Resource) -> frozenset[Node]:
    """Return everything that `resource` names, whether it exists or not."""
    named = KINDS[resource.kind].references(resource.spec)
    return frozenset([node_named(each.kind, each.name) for each in named])


def reference_path(resource: Resource, target: Node) -> str:
    """Return where `resource` names `target`; where only an earlier form of it did, its spec."""
    for each in KINDS[resource.kind].references(resource.spec):
        if node_named(each.kind, each.name) == target:
            return format_path(each.path)
    return "spec"
