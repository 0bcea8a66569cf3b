"""Address: paths of our resources at the API server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest import API_VERSION, KINDS

if TYPE_CHECKING:
    from flagd.manifest import ResourceRef

GROUP_PATH = f"/apis/{API_VERSION}"


def collection(kind: str, namespace: str | None = None) -> str:
    """Return the path of all objects of `kind`, in `namespace` or everywhere."""
    scope = "" if namespace is None else f"/namespaces/{namespace}"
    return f"{GROUP_PATH}{scope}/{KINDS[kind].plural}"


def object_path(ref: ResourceRef) -> str:
    """Return the path of `ref`."""
    return f"{collection(ref.kind, ref.namespace)}/{ref.name}"


def status_path(ref: ResourceRef) -> str:
    """Return the path of the status of `ref`."""
    return f"{object_path(ref)}/status"


def kind_of(plural: str) -> str | None:
    """Return the kind whose objects the API server calls `plural`; None if it is none of ours."""
    return next((name for name, kind in KINDS.items() if kind.plural == plural), None)
