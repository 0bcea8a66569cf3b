"""Envelope: apiVersion, kind and name, looked at before anything else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest.diagnostic import ResourceRef
from flagd.manifest.finding import Finding
from flagd.manifest.kinds import KINDS
from flagd.manifest.model import API_VERSION, GROUP
from flagd.manifest.shown import shown
from flagd.manifest.unknown_field import unknown_field
from flagd.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.kinds import Kind

_METADATA = frozenset(
    {
        "annotations",
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generateName",
        "generation",
        "labels",
        "managedFields",
        "name",
        "namespace",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    }
)


def kind_of(obj: dict[str, Any]) -> Kind | Finding:
    """Return the kind of `obj`, or why there is none."""
    version, kind = obj.get("apiVersion"), obj.get("kind")
    if version != API_VERSION:
        return _wrong_version(version, kind)
    if kind is None:
        return Finding(("kind",), "MissingField", f"`kind` is missing; write one of {', '.join(KINDS)}")
    known = KINDS.get(kind) if isinstance(kind, str) else None
    return known or _unknown_kind(kind)


def unknown_metadata(obj: dict[str, Any]) -> Iterator[Finding]:
    """Yield a finding for every field of ``metadata`` that Kubernetes does not know or that is not a name."""
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict):
        return
    for name in metadata:
        if name not in _METADATA:
            yield unknown_field(("metadata", name), _METADATA)
    if "generateName" in metadata and "name" not in metadata:
        text = "a generated name differs from cluster to cluster; write `name`, which others can refer to"
        yield Finding(("metadata", "generateName"), "UnwantedField", text)


def is_foreign(obj: object) -> bool:
    """Tell whether `obj` is something else than one of our resources, such as a Deployment or a values file."""
    if not isinstance(obj, dict):
        return False
    version, kind = obj.get("apiVersion"), obj.get("kind")
    is_known = isinstance(kind, str) and kind in KINDS
    if isinstance(version, str) and (version == GROUP or version.startswith(GROUP + "/")):
        return False
    if not isinstance(version, str) or not version:
        return not is_known and "spec" not in obj
    return not is_known or nearest(version.partition("/")[0], [GROUP], 0.8) is None


def items_of(obj: object) -> list[Any] | None:
    """Return the items of a List (as ``kubectl get -o yaml`` prints); None if `obj` is not a list."""
    if not isinstance(obj, dict):
        return None
    kind, items = obj.get("kind"), obj.get("items")
    if not isinstance(items, list) or not isinstance(kind, str):
        return None
    return items if kind == "List" or kind.removesuffix("List") in KINDS else None


def ref_of(obj: object) -> ResourceRef | None:
    """Return who `obj` says it is; None where it does not say."""
    if not isinstance(obj, dict) or not isinstance(obj.get("metadata"), dict):
        return None
    kind, name = obj.get("kind"), obj["metadata"].get("name")
    namespace = obj["metadata"].get("namespace") or "default"
    if not (isinstance(kind, str) and isinstance(name, str) and isinstance(namespace, str)):
        return None
    return ResourceRef(kind, namespace, name)


def key_of(obj: object, ref: ResourceRef) -> str:
    """Return what others refer to `obj` by, which says that it is `ref`, however broken it is."""
    spec = obj.get("spec") if isinstance(obj, dict) and ref.kind in KINDS else None
    key = spec.get(KINDS[ref.kind].key_field) if isinstance(spec, dict) else None
    return key if isinstance(key, str) and key else ref.name


def _wrong_version(version: object, kind: object) -> Finding:
    if version is None:
        return Finding(("apiVersion",), "MissingField", f"`apiVersion` is missing; write {API_VERSION}")
    return Finding(("apiVersion",), "UnknownVersion", f"{shown(version)} is not served{_of(kind)}; write {API_VERSION}")


def _of(kind: object) -> str:
    return f" for {kind}" if isinstance(kind, str) and kind in KINDS else ""


def _unknown_kind(kind: object) -> Finding:
    near = nearest(kind, KINDS) if isinstance(kind, str) else None
    question = f", did you mean {near}?" if near else "."
    return Finding(("kind",), "UnknownKind", f"unknown kind {shown(kind)}{question} Known: {', '.join(KINDS)}")
