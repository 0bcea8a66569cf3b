"""Session: how Kopf talks to the API server: with our credentials, in our time.

Kopf begins a watch that ended anew at once, however short it was. Where something between us and the
API server ends each at once, that would be as many requests as there is time for.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import aiohttp

from flagoperator.cluster.connection import tls_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse

    from flagoperator.cluster.connection import Connection

SPACING_SECONDS = 1.0
PATIENCE_SECONDS = 5.0
"""How long the next page of a list waits for what came of the pages before, at most."""
LOOK_SECONDS = 0.01


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


class Paging:
    """Middleware that has the next page of a list wait until the pages before were handled.

    Kopf reads pages faster than it handles them: all objects of a large cluster would be in memory at once.
    """

    def __init__(self, handled: Callable[[str], int]) -> None:
        """`handled` returns how many objects of a collection, given by its plural name, were handled so far."""
        self._handled = handled
        self._expected: dict[str, int] = {}

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Wait until it is time, if `request` is for a page of a list, and send it."""
        query, plural = request.url.query, request.url.name
        if query.get("watch") == "true" or "limit" not in query:
            return await handler(request)
        if "continue" in query:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while self._handled(plural) < self._expected.get(plural, 0) and time.monotonic() < deadline:
                await asyncio.sleep(LOOK_SECONDS)
        self._expected[plural] = self._handled(plural) + int(query["limit"])
        return await handler(request)


def open_session(connection: Connection, *middlewares: ClientMiddlewareType) -> aiohttp.ClientSession:
    """Return a session with the credentials that hold now. To be called, used and closed in one event loop."""
    token = connection.token()
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=tls_context(connection)),
        headers={"Authorization": f"Bearer {token}"} if token else {},
        trust_env=False,
        middlewares=middlewares,
    )
