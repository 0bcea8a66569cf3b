"""Kopf's HTTP: how Kopf talks to the API server: with our credentials, from where our list ends, in our time.

Kopf lists everything before it watches, and handles each object as if it had changed: seconds of a
whole core for a large cluster, of which everything was listed just before. And it begins a watch that
ended again immediately, however short it was: where something between us and the API server ends each at
once, that would be as many requests as there is time for.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import aiohttp

from flagoperator.cluster.address import kind_of
from flagoperator.cluster.debris import Debris
from flagoperator.kubeconfig import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse

    from flagoperator.kubeconfig import Access, Connection

SPACING_SECONDS = 1.0
GONE = 410
PATIENCE_SECONDS = 10.0
"""How long Kopf's list waits for another of ours, at most."""
LOOK_SECONDS = 0.02
NOBODY = "metadata.name=-"
"""Field selector that no object meets: it is not a name that one may have."""


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

    Kopf lists again where the API server has forgotten what it would go on from. Then we do, and it waits for us.
    """

    def __init__(self, version: Callable[[str], str], list_soon: Callable[[], None]) -> None:
        """`version` returns the resourceVersion of our last list of a kind, empty while there is none.

        `list_soon` asks for another.
        """
        self._version = version
        self._list_soon = list_soon
        self._used: dict[str, str] = {}

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send `request`; changed, if it is for a list."""
        kind, url = kind_of(request.url.name), request.url
        if kind is None or url.query.get("watch") == "true":
            return await handler(request)
        while True:
            version = await self._fresh(kind, url.path)
            exact = {"resourceVersion": version, "resourceVersionMatch": "Exact"}
            request.url = url.update_query({**exact, "fieldSelector": NOBODY, "limit": "1"})
            response = await handler(request)
            if response.status != GONE:
                return response

    async def _fresh(self, kind: str, path: str) -> str:
        """Return the version of a list that was not used for `path` yet; of the same again if there is no other."""
        used, deadline = self._used.get(path), time.monotonic() + PATIENCE_SECONDS
        if self._version(kind) == used:
            self._list_soon()
        while not (version := self._version(kind)) or (version == used and time.monotonic() < deadline):
            await asyncio.sleep(LOOK_SECONDS)
        self._used[path] = version
        return version


class Identity:
    """Middleware that shows who we are, with the credentials of the moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send `request` as ourselves. Raises aiohttp.ClientConnectionError where we cannot show who we are."""
        try:
            access = await self._connection.access()
        except CredentialError as error:
            raise aiohttp.ClientConnectionError(str(error)) from error
        for name, _ in access.headers:
            request.headers.popall(name, None)
        request.headers.extend(access.headers)
        request.server_hostname = self._connection.server_name
        return await handler(request)


def open_session(connection: Connection, access: Access, *middlewares: ClientMiddlewareType) -> aiohttp.ClientSession:
    """Return a session over TLS as in `access`. To be called, used and closed in one event loop."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=access.tls),
        proxy=connection.proxy,
        trust_env=False,
        middlewares=(*middlewares, Identity(connection)),
        trace_configs=[Debris().trace()],
    )
