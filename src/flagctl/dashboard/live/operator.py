"""Operator: asks the operator what stands in no Kubernetes object, with the token of the person who wants to know."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import orjson

from flagd.process.address import is_loopback, split_url

if TYPE_CHECKING:
    from pathlib import Path

    from flagoperator.cluster.api import Api

SECONDS = 2.0
"""How long a page waits for it: without an answer it shows the rest."""
LARGEST = 4 * 1024 * 1024
CONNECTIONS = 16
PATH = "/v1/serving"


def is_private_url(url: str) -> bool:
    """Return whether a token that is sent to `url` is read by nobody on the way: HTTPS, or this machine."""
    try:
        parts = split_url(url, ("http", "https"))
    except ValueError:
        return False
    return parts.scheme == "https" or is_loopback(f"{parts.hostname}:0")


class Operator:
    """One operator. Used inside ``async with``."""

    def __init__(self, url: str, ca: Path | None = None) -> None:
        """`ca` is a PEM file with the CA of its certificate, which may come later; None = those of the system."""
        self._url = url.rstrip("/")
        self._ca = ca
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        self._session = aiohttp.ClientSession(connector=connector, trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, api: Api, **query: str) -> dict[str, Any]:
        """Return what it says to the person whom `api` asks as; empty where it does not answer, or not them."""
        authorization = await api.authorization()
        if not authorization or self._session is None:
            return {}
        try:
            async with asyncio.timeout(SECONDS):
                return await self._answer(self._session, {"Authorization": authorization}, query)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return {}

    async def _answer(
        self, session: aiohttp.ClientSession, headers: dict[str, str], query: dict[str, str]
    ) -> dict[str, Any]:
        # A redirect is not followed: the token is for this operator alone.
        asking = session.get(
            f"{self._url}{PATH}", params=query, headers=headers, ssl=self._tls(), allow_redirects=False
        )
        async with asking as response:
            if response.status != 200:
                return {}
            found = orjson.loads(await _body(response))
            return found if _is_whole(found) else {}

    def _tls(self) -> ssl.SSLContext | bool:
        # Made for every question, like its file read: a CA may be replaced.
        return ssl.create_default_context(cafile=self._ca) if self._ca is not None else True


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Return the body. Raises ValueError where it is too large."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > LARGEST:
            raise ValueError("the answer is too large")
    return bytes(body)


def _is_whole(found: Any) -> bool:  # noqa: ANN401 - JSON
    """Return whether `found` has the shape of an answer: something else may answer at the address."""
    rows = found.get("replicas") if isinstance(found, dict) else None
    return isinstance(rows, list) and all(isinstance(each, dict) for each in rows)
