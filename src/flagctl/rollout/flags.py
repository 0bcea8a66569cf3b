"""Flags: those of a namespace, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.failure import Refused
from flagctl.suggestion import suggestion
from flagoperator.cluster.address import collection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagoperator.cluster.api import Api


async def find_flags(api: Api, namespace: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the flags `names`, each the name of an object or a key, in order; without names all of the namespace.

    Raises:
        Refused: one is not there.
        ApiError: the API server cannot be asked.
    """
    items: list[dict[str, Any]] = (await api.get(collection("Flag", namespace)))["items"]
    known = {str(item["spec"].get("key") or item["metadata"]["name"]): item for item in items}
    known |= {item["metadata"]["name"]: item for item in items}
    for name in names:
        if name not in known:
            raise Refused(f'there is no flag "{name}" in namespace {namespace}; {suggestion(name, known)}')
    return [known[name] for name in names] if names else items
