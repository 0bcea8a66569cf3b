"""Listing: the resources that a cluster holds, as the API server gives them or as if they stood in files."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flagctl.live.refusal import failure
from flagd.manifest import API_VERSION, KINDS
from flagd.manifest.reading import load_files
from flagd.manifest.reading.files import SourceFile
from flagoperator.cluster.address import collection
from flagoperator.cluster.api import Api, ApiError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from flagctl.live.target import Target
    from flagd.manifest import Loaded


async def listed(target: Target, namespaces: Collection[str]) -> Loaded:
    """Return every resource of ours in `namespaces`. Raises what `objects` raises."""
    return as_files(await objects(target, namespaces))


async def objects(
    target: Target, namespaces: Collection[str], kinds: Collection[str] = KINDS.keys()
) -> list[dict[str, Any]]:
    """Return every object of `kinds` in `namespaces`. A kind that the cluster does not know has none.

    Raises:
        Unreachable: the API server cannot be asked, or knows no kind of ours.
        Refused: we may not list them.
    """
    async with Api(target.connection) as api:
        try:
            found = [await _items(api, kind, namespace) for namespace in namespaces for kind in kinds]
        except ApiError as error:
            raise failure(error) from None
    return [item for items in found for item in items]


def as_files(found: Iterable[dict[str, Any]]) -> Loaded:
    """Return `found`, read as if each object stood in a file."""
    return load_files(SourceFile("the cluster", json.dumps(item).encode()) for item in found)


async def _items(api: Api, kind: str, namespace: str) -> list[dict[str, Any]]:
    try:
        items = (await api.get(collection(kind, namespace)))["items"]
    except ApiError as error:
        if error.status == HTTPStatus.NOT_FOUND and kind != "Flag":  # CRDs of an older version
            return []
        raise
    return [{"apiVersion": API_VERSION, "kind": kind, **item} for item in items]
