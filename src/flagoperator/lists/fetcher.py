"""Fetcher: looks at lists wherever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

from flagd.id_list.id_list import ListError
from flagoperator.lists.mounted import look
from flagoperator.lists.server import fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.manifest.parts.list_origin import ListOrigin
    from flagoperator.lists.fetched import Fetched, Mark
    from flagoperator.lists.source import Source

TIMEOUT = aiohttp.ClientTimeout(total=300.0, sock_connect=10.0, sock_read=20.0)


class Fetcher:
    """Knows the sources."""

    def __init__(self, sources: Mapping[str, Source], timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self._sources = sources
        self._timeout = timeout

    def interval_seconds(self, origin: ListOrigin) -> float:
        """Return how often a list is to be looked at."""
        source = self._sources.get(origin.source)
        return 60.0 if source is None else source.interval_seconds

    def refusal(self, origin: ListOrigin, namespace: str) -> str:
        """Return why cohorts of `namespace` get nothing from the source that `origin` names; empty where they do."""
        source = self._sources.get(origin.source)
        if source is None or not source.serves(namespace):
            # The same for both: which sources others have is not for every namespace to know.
            return f"the operator has no source {origin.source!r} for namespace {namespace}: see its settings"
        return ""

    async def fetch(self, origin: ListOrigin, mark: Mark) -> Fetched:
        """Return the list at `origin`, unless it is as it was at `mark`. Raises ListError."""
        source = self._sources.get(origin.source)
        if source is None:
            raise ListError(f"the operator has no source {origin.source!r}")
        if source.folder is not None:
            return await look(source.folder, origin, mark)
        return await fetch(source, origin, mark, self._timeout)
