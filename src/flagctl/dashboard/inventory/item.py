"""Item: one resource as pages show it, whatever it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flagd.compiler.graph.references import node_named, references
from flagd.manifest import API_VERSION, ResourceRef, validate
from flagd.manifest.envelope import key_of
from flagoperator.reconcile.condition import condition_of
from flagoperator.reconcile.entry import manager_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.compiler.graph.references import Node
    from flagd.id_list.id_list import Supply
    from flagd.manifest import Resource

Raw = dict[str, Any]
_COPY = "kubectl.kubernetes.io/last-applied-configuration"
_PARSED = 512
"""How many resources are kept as models: a page needs few."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Item:
    """One resource.

    Attributes:
        ref: kind, namespace and name.
        key: what others name it by.
        raw: the object as the API server gives it, without what pages never show.
        references: what it names.
        faults: what is wrong with it, for what was read from files; the status of a cluster says it there.
        manager: who wrote the spec last; empty where nobody says.
        annotations: of its metadata.
        supply: the list of a cohort that is made from one; None where it is not read here.
    """

    ref: ResourceRef
    key: str
    raw: Raw
    references: frozenset[Node] = frozenset()
    faults: tuple[str, ...] = ()
    manager: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)
    supply: Supply | None = None

    @property
    def node(self) -> Node:
        """What others name it by, with the space of names that this is in."""
        return node_named(self.ref.kind, self.key)

    @property
    def spec(self) -> Raw:
        """The spec; empty where it cannot be read."""
        spec = self.raw.get("spec")
        return spec if isinstance(spec, dict) else {}

    @property
    def metadata(self) -> Raw:
        """The metadata."""
        metadata: Raw = self.raw["metadata"]
        return metadata

    @property
    def status(self) -> Raw:
        """The status; empty where there is no operator."""
        status = self.raw.get("status")
        return status if isinstance(status, dict) else {}

    @property
    def is_whole(self) -> bool:
        """Whether more than its name is known."""
        return "apiVersion" in self.raw

    @property
    def resource(self) -> Resource | None:
        """The typed form; None where it has errors of its own."""
        return _parsed(self)

    def condition(self, name: str) -> Mapping[str, Any]:
        """Return the condition `name` of its status; empty where it has none."""
        return condition_of(self.status, name) or {}


def is_same(one: Item | None, other: Item | None) -> bool:
    """Return whether both say the same, or neither is there."""
    if one is None or other is None:
        return one is other
    return _said(one) == _said(other)


def supplies_of(items: Iterable[Item]) -> dict[ResourceRef, Supply]:
    """Return the lists of those cohorts in `items` whose lists are read here."""
    return {each.ref: each.supply for each in items if each.supply is not None}


def _said(item: Item) -> tuple[object, ...]:
    return item.ref, item.key, item.raw, item.faults, item.supply


def item_of(kind: str, obj: Raw) -> Item:
    """Return the item for an object as the API server has it."""
    raw = _shown(kind, obj)
    return _made(raw, _validated(raw), manager_of(obj, ""))


def item_from(resource: Resource) -> Item:
    """Return the item for a resource that was read from a file."""
    obj = resource.model_dump(mode="json", by_alias=True, exclude_unset=True)
    obj["metadata"]["namespace"] = resource.metadata.namespace
    return _made(_shown(resource.ref.kind, obj), resource, manager_of(obj, ""))


def _shown(kind: str, obj: Raw) -> Raw:
    metadata = obj["metadata"]
    kept = {name: value for name, value in metadata.items() if name != "managedFields"}
    annotations = kept.get("annotations") or {}
    kept["annotations"] = {name: text for name, text in annotations.items() if name != _COPY}
    return {"apiVersion": API_VERSION, "kind": kind, **obj, "metadata": kept}


def _made(raw: Raw, resource: Resource | None, manager: str) -> Item:
    metadata = raw["metadata"]
    ref = ResourceRef(raw["kind"], metadata.get("namespace") or "default", metadata["name"])
    named = references(resource) if resource is not None else frozenset()
    return Item(ref, str(key_of(raw, ref)), raw, named, manager=manager, annotations=metadata["annotations"])


@lru_cache(maxsize=_PARSED)
def _parsed(item: Item) -> Resource | None:
    return _validated(item.raw)


def _validated(raw: Raw) -> Resource | None:
    resource, _ = validate({name: raw.get(name) for name in ("apiVersion", "kind", "metadata", "spec")})
    return resource
