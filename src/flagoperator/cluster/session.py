"""Session: how Kopf talks to the API server: with our credentials, and beginning no watch right after the last.

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
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

    from flagoperator.cluster.connection import Connection

SPACING_SECONDS = 1.0


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


def open_session(connection: Connection, spacing: Spacing) -> aiohttp.ClientSession:
    """Return a session with the credentials that hold now. To be called, used and closed in one event loop."""
    token = connection.token()
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=tls_context(connection)),
        headers={"Authorization": f"Bearer {token}"} if token else {},
        trust_env=False,
        middlewares=(spacing,),
    )
