"""Manifests for the tests of flagctl."""

from __future__ import annotations

from typing import Any


def flag(name: str, *, namespace: str = "shop", **spec: Any) -> dict[str, Any]:
    """Return a flag that serves "on" to everybody, changed as `spec` says."""
    return {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": "Flag",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 100}, **spec},
    }
