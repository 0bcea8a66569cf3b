"""Server: fetches lists over HTTPS, within bounds of time and size."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp

from flagd.id_list.id_list import IdList, ListError
from flagd.id_list.parser import ListParser
from flagd.process.background import in_turns
from flagd.process.token_file import read_token
from flagoperator.kubeconfig.outage import outage
from flagoperator.lists.fetched import Fetched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.manifest.parts.list_origin import ListOrigin
    from flagoperator.lists.fetched import Mark
    from flagoperator.lists.source import Source

PIECE_BYTES = 256 * 1024
"""How much is read at a time."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
END_SECONDS = 2.0
"""Longest time for a connection to end."""
TYPES = frozenset({"text/plain", "text/csv", "application/csv", "application/octet-stream", "binary/octet-stream", ""})
"""Content types that a list may have."""


async def fetch(source: Source, origin: ListOrigin, mark: Mark, timeout: aiohttp.ClientTimeout) -> Fetched:
    """Return the list, unless the server says that it is as it was at `mark`.

    No redirect is followed: the operator asks the server that its settings name and no other.

    Raises:
        ListError: there is none, or not within the bounds.
    """
    try:
        headers, context = _headers(source, mark), ssl.create_default_context(cafile=source.ca_file)
    except OSError as error:
        raise ListError(f"the token or CA file of the source cannot be used: {error.strerror or error}") from None
    except ValueError as error:
        raise ListError(f"the token of the source cannot be used: {error}") from None
    sockets: list[socket.socket] = []
    connector = aiohttp.TCPConnector(ssl=context, socket_factory=partial(_open, sockets))
    session = aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False)
    try:
        async with session, session.get(source.address(origin), headers=headers, allow_redirects=False) as response:
            if response.status == HTTPStatus.NOT_MODIFIED and mark:
                return Fetched(None, mark)
            _check(response)
            return await _read(response, origin)
    except TimeoutError:
        raise ListError(f"the server did not send all of it within {timeout.total:g} s, or rested too long") from None
    except aiohttp.ClientPayloadError:
        raise ListError("the answer was cut short") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise ListError(f"it cannot be fetched: {outage(error)}") from None
    finally:
        await _end(sockets)


async def _read(response: aiohttp.ClientResponse, origin: ListOrigin) -> Fetched:
    parser = ListParser(origin.path, origin.column)
    async for piece in response.content.iter_chunked(PIECE_BYTES):
        await in_turns(parser.feed, piece)
    ids = await in_turns(parser.finish)
    etag, modified = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
    mark = (etag, modified) if etag or modified else ()
    return Fetched(IdList(ids, _moment(modified)), mark)


def _open(sockets: list[socket.socket], address: aiohttp.AddrInfoType) -> socket.socket:
    made = socket.socket(*address[:3])
    sockets.append(made)
    return made


async def _end(sockets: Sequence[socket.socket]) -> None:
    """End connections at once: TLS would wait for the farewell of a server that says nothing."""
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
    with suppress(TimeoutError):
        async with asyncio.timeout(END_SECONDS):
            while any(each.fileno() != -1 for each in sockets):
                await asyncio.sleep(0.01)


def _headers(source: Source, mark: Mark) -> dict[str, str]:
    headers = {"Accept": "text/plain, text/csv", "Accept-Encoding": "identity", "User-Agent": "flagoperator"}
    if source.token_file is not None:
        headers["Authorization"] = f"Bearer {read_token(source.token_file)}"
    if mark:
        etag, modified = map(str, mark)
        headers |= {"If-None-Match": etag} if etag else {"If-Modified-Since": modified}
    return headers


def _check(response: aiohttp.ClientResponse) -> None:
    """Raise ListError where the answer is not one that can be read to its end."""
    status, kind = response.status, response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status in REDIRECTS:
        raise ListError(f"the server answers {status}: redirects are not followed; the source must name the address")
    if status != HTTPStatus.OK:
        raise ListError(f"the server answers {status}")
    if kind not in TYPES:
        raise ListError(f"the server sends {kind[:80]!r}, not text/plain or text/csv")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
        raise ListError("the server sends it compressed though it was asked not to")
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    if response.content_length is None and not chunked:
        raise ListError("the server does not say where it ends: neither Content-Length nor chunks")


def _moment(modified: str) -> int:
    """Return what Last-Modified says in seconds since 1970; the present where it says nothing, or lies ahead."""
    now = int(time.time())
    try:
        return max(1, min(now, int(parsedate_to_datetime(modified).timestamp())))
    except (ValueError, OverflowError):
        return now
