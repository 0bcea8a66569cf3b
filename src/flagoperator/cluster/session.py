"""Session: how Kopf talks to the API server: with our credentials, from where our list ends, in our time.

Kopf lists everything before it watches, and handles each object as if it had changed: seconds of a
whole core for a large cluster, of which everything was listed just before. And it begins a watch that
ended anew at once, however short it was: where something between us and the API server ends each at
once, that would be as many requests as there is time for.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import aiohttp

from flagoperator.cluster.address import KIND_OF
from flagoperator.cluster.connection import tls_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse

    from flagoperator.cluster.connection import Connection

SPACING_SECONDS = 1.0
NOBODY = "metadata.name=-"
"""Field selector that no object meets: it is no name that one may have."""


class Spacing:
    """Middleware that lets watches of one collection begin a second apart at least; the first of all at once."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Wait until it is time, if `request` is a watch, and send it."""
        if request.url.query.get("watch") == "true":
            now = time.monotonic()
            due = max(now, self._due.get(request.url.path, now))
            self._due[request.url.path] = due + SPACING_SECONDS
            if due > now:
                await asyncio.sleep(due - now)
        return await handler(request)


class StartingPoint:
    """Middleware that has Kopf's lists be empty, and of the version of our own: its watches begin there.

    Once in each run: Kopf lists again where the API server has forgotten what it would watch from. Then we do.
    """

    def __init__(self, version: Callable[[str], str], expired: Callable[[], None]) -> None:
        """`version` returns the resourceVersion of our last list of a kind.

        `expired` is called when everything has to be listed anew, by whoever made that list.
        """
        self._version = version
        self._expired = expired
        self._listed: set[str] = set()

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send `request`; changed, if it is for a list."""
        kind, path = KIND_OF.get(request.url.name), request.url.path
        if kind is None or request.url.query.get("watch") == "true":
            return await handler(request)
        exact = {"resourceVersion": self._version(kind), "resourceVersionMatch": "Exact"}
        request.url = request.url.update_query(exact | {"fieldSelector": NOBODY})
        if path in self._listed:
            self._expired()
        response = await handler(request)
        if response.ok:
            self._listed.add(path)
        else:
            self._expired()
        return response


def open_session(connection: Connection, *middlewares: ClientMiddlewareType) -> aiohttp.ClientSession:
    """Return a session with the credentials that hold now. To be called, used and closed in one event loop."""
    token = connection.token()
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=tls_context(connection)),
        headers={"Authorization": f"Bearer {token}"} if token else {},
        trust_env=False,
        middlewares=middlewares,
    )
