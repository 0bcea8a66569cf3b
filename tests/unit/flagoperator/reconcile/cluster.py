"""Objects as an API server gives them."""

from __future__ import annotations

from typing import Any

from flagd.manifest import ResourceRef


def flag(
    name: str = "checkout", version: int = 1, *, generation: int = 1, uid: str = "", **spec: Any
) -> dict[str, Any]:
    spec = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 25}} | spec
    return obj("Flag", name, version, spec, generation=generation, uid=uid)


def obj(
    kind: str, name: str, version: int, spec: dict[str, Any], *, generation: int = 1, uid: str = ""
) -> dict[str, Any]:
    metadata = {
        "name": name,
        "namespace": "shop",
        "uid": uid or f"uid-{name}",
        "generation": generation,
        "resourceVersion": str(version),
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "managedFields": [{"manager": "kubectl"}],
    }
    return {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": kind,
        "metadata": metadata,
        "spec": spec,
        "status": {"observedGeneration": -1},
    }


def ref(name: str = "checkout", kind: str = "Flag") -> ResourceRef:
    return ResourceRef(kind, "shop", name)
