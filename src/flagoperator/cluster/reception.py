"""Reception: which watches the API server has opened. One that is not open reports nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flagd.manifest import KINDS
from flagoperator.cluster.address import collection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

REOPENED_SECONDS = 8 * 60.0
"""A watch that was not opened again for so long is not open: the API server ends each after five minutes."""
OK = 200


class Reception:
    """Middleware of Kopf's session that sees how each watch begins. May be asked in any thread."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Expect a watch of each of `paths`."""
        self._opened = dict.fromkeys(paths, float("-inf"))

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send `request`, and if it is for a watch, note whether it was opened."""
        path = request.url.path
        if request.url.query.get("watch") != "true" or path not in self._opened:
            return await handler(request)
        try:
            response = await handler(request)
        except BaseException:
            self._opened[path] = float("-inf")
            raise
        self._opened[path] = time.monotonic() if response.status == OK else float("-inf")
        return response

    @property
    def missing(self) -> list[str]:
        """Paths of the watches that are not open."""
        oldest = time.monotonic() - REOPENED_SECONDS
        return [path for path, opened in self._opened.items() if opened < oldest]


def collections(namespaces: Sequence[str]) -> list[str]:
    """Return the path of every collection to be watched in `namespaces`, or (none given) everywhere."""
    return [collection(kind, namespace) for kind in KINDS for namespace in namespaces or (None,)]
