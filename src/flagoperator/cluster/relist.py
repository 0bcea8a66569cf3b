"""Relist: lists everything in pages and makes the cache true again. Also the proof that we may still read.

The first list of a kind is of whole objects. Later ones are of their metadata alone, which is enough
to see what differs; only that is fetched. Where most differs, whole pages are cheaper again.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from flagd.manifest import KINDS
from flagoperator.cluster.address import GROUP_PATH, collection, object_path
from flagoperator.cluster.api import JSON, METADATA_LIST, ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from flagd.manifest import ResourceRef
    from flagoperator.cluster.api import Api, Object
    from flagoperator.reconcile.resource_cache import Listing, ResourceCache

    Namespaces = Sequence[str | None]

PAGE = 250
"""Whole objects of a page, and the most that are fetched one by one."""
LARGE_PAGE = 10
"""Whole objects of a page, of kinds that may be large."""
METADATA_PAGE = 100
"""Objects of a page of metadata: few, for it is decoded in one piece while changes wait."""
SLICE = 20
"""Whole objects that are taken in before others get a turn in the event loop."""
FETCHES = 8
"""Objects that are fetched at once."""
FORBIDDEN = 403
ATTEMPTS = 3
"""How often a list is started that the API server does not remember to its end."""
NOT_FOUND = 404
EXPIRED = 410


@dataclass(slots=True)
class Relisted:
    """What one list of everything came to.

    Attributes:
        differences: what it contained that was not known.
        unreadable: why not, in the API server's words, by the namespace that may not be read. What was known of
            such a namespace stays.
    """

    differences: set[ResourceRef] = field(default_factory=set)
    unreadable: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Scope:
    """One list: of whom it is asked, what is listed, and which namespaces turned out to be unreadable."""

    api: Api
    cache: ResourceCache
    namespaces: Namespaces
    unreadable: dict[str, str]

    @property
    def readable(self) -> list[str | None]:
        return [each for each in self.namespaces if each not in self.unreadable]

    def leave_out(self, namespace: str | None, error: ApiError) -> None:
        """Leave `namespace` out, unless `error` is about more than that, or there is no other. Raises ApiError then."""
        if namespace is None or error.status != FORBIDDEN:
            raise error
        self.unreadable[namespace] = str(error)
        if not self.readable:
            raise error


async def unserved_kinds(api: Api) -> frozenset[str]:
    """Return which of our kinds the API server does not serve, or not for long. Raises ApiError if it cannot be asked.

    Of a definition that is being deleted objects can be listed, fewer and fewer, but not created.
    """
    try:
        found = await api.get(GROUP_PATH)
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise
        found = {}
    served = {each["name"] for each in found.get("resources") or () if "create" in each.get("verbs", ())}
    return frozenset(name for name, kind in KINDS.items() if kind.plural not in served)


async def relist(api: Api, cache: ResourceCache, namespaces: Sequence[str]) -> Relisted:
    """Make `cache` what the cluster is, in `namespaces` or (none given) everywhere.

    Raises ApiError, where no namespace at all may be read too; the cache then lost nothing.
    """
    found = Relisted()
    scope = _Scope(api, cache, namespaces or (None,), found.unreadable)
    for kind in KINDS:
        found.differences |= await _relist_kind(scope, kind)
    return found


async def _relist_kind(scope: _Scope, kind: str, attempts: int = ATTEMPTS) -> set[ResourceRef]:
    try:
        listing = await _compare(scope, kind) if scope.cache.has_listed(kind) else None
        listing = listing or await _read(scope, kind)
    except ApiError as error:
        if error.status != EXPIRED or attempts == 1:
            raise
        return await _relist_kind(scope, kind, attempts - 1)
    listing.finish(scope.unreadable)
    return listing.differences


async def _compare(scope: _Scope, kind: str) -> Listing | None:
    """Return a list made of metadata and what had to be fetched; None if whole pages are to be read."""
    least = scope.cache.newest(kind)
    async with aclosing(_pages(scope, kind, METADATA_LIST)) as pages:
        page = await anext(pages)
        listing = _listing(scope.cache, kind, page, least)
        if listing.rewound:
            return None
        listing.compare(page.get("items") or [])
        async for page in pages:
            listing.compare(page.get("items") or [])
            await asyncio.sleep(0)
    unknown = listing.unknown
    if len(unknown) > PAGE:
        return None
    for start in range(0, len(unknown), FETCHES):
        await _fetch(scope, listing, unknown[start : start + FETCHES])
    return listing


async def _fetch(scope: _Scope, listing: Listing, refs: Sequence[ResourceRef]) -> None:
    found = await asyncio.gather(*(scope.api.get(object_path(ref)) for ref in refs), return_exceptions=True)
    for ref, one in zip(refs, found, strict=True):
        if isinstance(one, ApiError) and one.status == NOT_FOUND:
            listing.lose(ref)
        elif isinstance(one, ApiError):
            scope.leave_out(ref.namespace if ref.namespace in scope.namespaces else None, one)
        elif isinstance(one, BaseException):
            raise one
        else:
            listing.page([one])


async def _read(scope: _Scope, kind: str) -> Listing:
    """Return a list made of whole objects."""
    least = scope.cache.newest(kind)
    async with aclosing(_pages(scope, kind, JSON)) as pages:
        page = await anext(pages)
        listing = _listing(scope.cache, kind, page, least)
        await _take(listing, page)
        async for page in pages:
            await _take(listing, page)
    return listing


async def _take(listing: Listing, page: Object) -> None:
    items = page.get("items") or []
    for start in range(0, len(items), SLICE):
        listing.page(items[start : start + SLICE])
        await asyncio.sleep(0)


def _listing(cache: ResourceCache, kind: str, first: Object, least: int) -> Listing:
    return cache.listing(kind, first["metadata"].get("resourceVersion", ""), least)


async def _pages(scope: _Scope, kind: str, accept: str) -> AsyncGenerator[Object]:
    for namespace in scope.readable:
        try:
            async with aclosing(_pages_of(scope.api, kind, namespace, accept)) as pages:
                async for page in pages:
                    yield page
        except ApiError as error:
            scope.leave_out(namespace, error)


async def _pages_of(api: Api, kind: str, namespace: str | None, accept: str) -> AsyncGenerator[Object]:
    """Yield page after page. Each is asked for before the one before it is taken in: the API server works meanwhile."""
    limit = METADATA_PAGE if accept == METADATA_LIST else LARGE_PAGE if KINDS[kind].large else PAGE
    ask = partial(_page, api, collection(kind, namespace), accept, limit=str(limit))
    asked: asyncio.Task[Object] | None = asyncio.create_task(ask())
    try:
        while asked is not None:
            page = await asked
            token = page["metadata"].get("continue", "")
            asked = asyncio.create_task(ask(**{"continue": token})) if token else None
            yield page
    finally:
        if asked is not None:
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)


async def _page(api: Api, path: str, accept: str, **query: str) -> Object:
    try:
        return await api.get(path, accept=accept, **query)
    except ApiError as error:
        if error.status == EXPIRED:
            raise ApiError(EXPIRED, error.reason, f"{path}: the list took too long; starting again") from error
        raise
