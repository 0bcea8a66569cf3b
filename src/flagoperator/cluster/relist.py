"""Relist: lists everything in pages and makes the mirror true again. Also the proof that we may still read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flagd.manifest import KINDS
from flagoperator.cluster.address import GROUP_PATH, PLURALS, collection
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.manifest import ResourceRef
    from flagoperator.cluster.api import Api, Object
    from flagoperator.reconcile.mirror import Listing, Mirror

PAGE = 250
SLICE = 20
"""Objects that are taken in before others get a turn in the event loop."""
EXPIRED = 410


async def crds_served(api: Api) -> bool:
    """Return whether the API server serves all of our kinds. Raises ApiError if it cannot be asked."""
    try:
        found = await api.get(GROUP_PATH)
    except ApiError as error:
        if error.status == 404:
            return False
        raise
    return {resource["name"] for resource in found.get("resources", ())} >= set(PLURALS.values())


async def relist(api: Api, mirror: Mirror, namespaces: Sequence[str]) -> set[ResourceRef]:
    """Make `mirror` what the cluster is, in `namespaces` or (none given) everywhere; return what it did not know.

    Raises ApiError; the mirror then lost nothing.
    """
    differences: set[ResourceRef] = set()
    for kind in KINDS:
        differences |= await _relist_kind(api, mirror, kind, namespaces or (None,))
    return differences


async def _relist_kind(api: Api, mirror: Mirror, kind: str, namespaces: Sequence[str | None]) -> set[ResourceRef]:
    listing: Listing | None = None
    for namespace in namespaces:
        token = ""
        while True:
            page = await _page(api, collection(kind, namespace), token)
            if listing is None:
                listing = mirror.listing(kind, page["metadata"].get("resourceVersion", ""))
            items = page.get("items") or []
            for start in range(0, len(items), SLICE):
                listing.page(items[start : start + SLICE])
                await asyncio.sleep(0)
            token = page["metadata"].get("continue", "")
            if not token:
                break
    if listing is None:
        return set()
    listing.finish()
    return listing.differences


async def _page(api: Api, path: str, token: str) -> Object:
    query = {"limit": str(PAGE), **({"continue": token} if token else {})}
    try:
        return await api.get(path, **query)
    except ApiError as error:
        if error.status == EXPIRED:
            raise ApiError(EXPIRED, error.reason, f"{path}: the list took too long and begins anew") from error
        raise
