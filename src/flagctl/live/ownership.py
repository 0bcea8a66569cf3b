"""Ownership: which tools manage which fields of an object, as ``metadata.managedFields`` says it.

Source of the form: Kubernetes' FieldsV1, where ``f:name`` is a field and ``.`` the object itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CLIENT_SIDE_APPLY = frozenset({"kubectl-client-side-apply", "before-first-apply"})
"""Field managers of plain ``kubectl apply``, which server-side apply replaces."""

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def managers(obj: Mapping[str, Any], path: Sequence[str]) -> list[str]:
    """Return who manages the field of `obj` at `path`, such as ``("spec", "active")``, each once."""
    entries = obj["metadata"].get("managedFields") or ()
    return list(dict.fromkeys(entry.get("manager", "") for entry in entries if _has(entry.get("fieldsV1"), path)))


def taken_over(obj: Mapping[str, Any], manager: str) -> list[dict[str, Any]] | None:
    """Return the managedFields of `obj` with `manager` in the place of plain ``kubectl apply``; None if that has none.

    kubectl does the same when it changes to ``--server-side``: otherwise what the new manifest leaves out stays.
    """
    entries = list(obj["metadata"].get("managedFields") or ())
    old = [entry for entry in entries if entry.get("manager") in CLIENT_SIDE_APPLY and not entry.get("subresource")]
    if not old:
        return None
    kept = [entry for entry in entries if entry not in old]
    own = next((each for each in kept if (each.get("manager"), each.get("operation")) == (manager, "Apply")), None)
    merged = {**(own or old[0]), "manager": manager, "operation": "Apply"}
    for entry in old:
        merged["fieldsV1"] = _union(merged.get("fieldsV1") or {}, entry.get("fieldsV1") or {})
    return [merged, *(entry for entry in kept if entry is not own)]


def beyond(wanted: Mapping[str, Any], found: Mapping[str, Any], path: str = "spec") -> Iterator[str]:
    """Yield the fields that `found` has and `wanted` does not: others put them there. Lists count as a whole."""
    for name, value in found.items():
        here = f"{path}.{name}"
        if name not in wanted:
            yield here
        elif isinstance(value, dict) and isinstance(wanted[name], dict):
            yield from beyond(wanted[name], value, here)


def _has(fields: Mapping[str, Any] | None, path: Sequence[str]) -> bool:
    for name in path:
        fields = (fields or {}).get(f"f:{name}")
        if fields is None:
            return False
        if not fields:
            return True  # owned as a whole
    return True


def _union(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(one)
    for name, inner in other.items():
        joined[name] = _union(joined.get(name) or {}, inner or {})
    return joined
