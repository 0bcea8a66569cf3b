"""Listing: the resources that a cluster holds, as if they stood in files."""

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
    from collections.abc import Sequence

    from flagctl.live.target import Target
    from flagd.manifest import Loaded


async def listed(target: Target, namespaces: Sequence[str]) -> Loaded:
    """Return every resource of ours in `namespaces`. A kind that the cluster does not know has none.

    Raises:
        Unreachable: the API server cannot be asked, or knows no kind of ours.
        Refused: we may not list them.
    """
    async with Api(target.connection) as api:
        try:
            found = [await _items(api, kind, namespace) for namespace in namespaces for kind in KINDS]
        except ApiError as error:
            raise failure(error) from None
    return load_files(SourceFile("the cluster", json.dumps(item).encode()) for items in found for item in items)


async def _items(api: Api, kind: str, namespace: str) -> list[dict[str, Any]]:
    try:
        items = (await api.get(collection(kind, namespace)))["items"]
    except ApiError as error:
        if error.status == HTTPStatus.NOT_FOUND and kind != "Flag":  # CRDs of an older version
            return []
        raise
    return [{"apiVersion": API_VERSION, "kind": kind, **item} for item in items]
