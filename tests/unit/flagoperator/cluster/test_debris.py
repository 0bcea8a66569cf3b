"""Connections that are lost one after the other leave little behind, however they are lost."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ssl
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from flagoperator.cluster.api import Api, ApiError
from flagoperator.cluster.debris import CONNECTIONS
from flagoperator.cluster.kopf_http import open_session
from flagoperator.kubeconfig import Access

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

LOST = 4 * CONNECTIONS


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Keep CPython's own collector away, as it is where few objects are made."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@contextlib.asynccontextmanager
async def nobody_there() -> AsyncIterator[Any]:
    """A connection to a server that ends each connection at once."""

    async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.close()

    access = Access((), ssl.create_default_context())

    async def found() -> Access:
        return access

    async with await asyncio.start_server(end, "127.0.0.1") as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield SimpleNamespace(server=url, proxy=None, server_name=None, access=found, refused=lambda _: None)


async def by_calls(connection: Any) -> None:
    async with Api(connection) as api:
        for _ in range(LOST):
            with pytest.raises(ApiError):
                await api.get("/flags")


async def by_watches(connection: Any) -> None:
    async with open_session(connection, await connection.access()) as session:
        for _ in range(LOST):
            with pytest.raises(aiohttp.ClientError):
                await session.get(f"{connection.server}/flags?watch=true")


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("lose", [by_calls, by_watches])
async def test_lost_connections_leave_a_bounded_number_behind(lose: Callable[[Any], Awaitable[None]]):
    before = connections()
    async with nobody_there() as connection:
        await lose(connection)
        assert connections() - before <= CONNECTIONS + 1


def connections() -> int:
    """Return how many connections over TLS there are, in use or not."""
    return sum(isinstance(each, ssl.SSLObject) for each in gc.get_objects())
