"""Publishers: a stream to every address that some names stand for, as replicas come and go."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
from typing import TYPE_CHECKING

from flagd.process.address import split_address
from flagd.process.tasks import Tasks
from flagd.sync.subscriber.connection import PublisherConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagd.sync.subscriber.connection import Endpoint, Listener
    from flagd.v1.ruleset_pb2 import SubscribeRequest, SubscribeResponse

    Connect = Callable[[str, str], Endpoint]

log = logging.getLogger(__name__)
LOOK_SECONDS = 10.0
"""How often names are resolved, within 20 %, while somebody is connected."""
LOST_LOOK_SECONDS = 1.0
"""The same while nobody is: a name may be known any moment, and where it leads."""
LEAST_LOOK_SECONDS = 0.2
"""Least time between two looks: streams may break as soon as they are opened."""
RESOLVE_SECONDS = 10.0
MOST_ADDRESSES = 64
PREFIX = "publisher "
"""Begins the names of their tasks."""
MOST_TOLD = 3
"""Addresses for which the reason is reported why nothing is connected."""


class Publishers:
    """Keeps a connection to every address of the hosts, for as long as `run` runs."""

    def __init__(self, hosts: Sequence[str], connect: Connect, listener: Listener) -> None:
        """Follow `hosts` (``name:port``); what their publishers say goes to `listener`.

        `connect` makes an endpoint of an address (``ip:port``) and the name that stands for it.
        """
        self._hosts = hosts
        self._connect = connect
        self._listener = listener
        self._connections: dict[str, PublisherConnection] = {}
        # What has ended for good is called on again by the next look, as if it was new.
        self._tasks = Tasks(given_up=lambda name: self._forget(name.removeprefix(PREFIX)))
        self._broken = asyncio.Event()
        self._unknown: dict[str, str] = {}

    @property
    def connections(self) -> Sequence[PublisherConnection]:
        """Every publisher known, connected or not."""
        return list(self._connections.values())

    @property
    def trouble(self) -> str:
        """Why nobody is connected, as one text about a few names and addresses; empty = not known."""
        names = [f"the name {host} cannot be resolved ({why})" for host, why in self._unknown.items()]
        found = [f"{each.address}: {each.trouble}" for each in self._connections.values() if each.trouble]
        return "; ".join([*names, *found][:MOST_TOLD])

    async def run(self) -> None:
        """Resolve the names again and again, until cancelled."""
        try:
            while True:
                self._broken.clear()
                await self.look()
                await self._pause()
        finally:
            await self._tasks.stop()
            self._connections.clear()

    async def look(self) -> None:
        """Resolve the names once: call on addresses that are new, forget those that are gone and do not answer."""
        found: dict[str, str] = {}
        complete = True
        for host in self._hosts:
            addresses = await self._resolve(host)
            complete = complete and bool(addresses)
            found |= dict.fromkeys(addresses, split_address(host)[0])
        for address in list(found)[:MOST_ADDRESSES]:
            if address not in self._connections:
                self._call_on(self._connect(address, found[address]))
        for address, connection in list(self._connections.items()):
            if complete and address not in found and connection.term is None:
                self._forget(address)

    def _forget(self, address: str) -> None:
        self._tasks.cancel(_task_name(address))
        del self._connections[address]

    async def _pause(self) -> None:
        """Wait until it is time to look again: at once when a stream breaks, soon while there is none."""
        await asyncio.sleep(LEAST_LOOK_SECONDS)
        connected = any(connection.term is not None for connection in self._connections.values())
        seconds = LOOK_SECONDS if connected else LOST_LOOK_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds * random.uniform(0.8, 1.2) - LEAST_LOOK_SECONDS):  # noqa: S311 - spreads load
                await self._broken.wait()

    def _call_on(self, endpoint: Endpoint) -> None:
        connection = self._connections[endpoint.address] = PublisherConnection(
            endpoint, _Noticing(self._listener, self._broken)
        )
        self._tasks.start(_task_name(endpoint.address), connection.run, restart=True)

    async def _resolve(self, host: str) -> list[str]:
        name, port = split_address(host)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except OSError as error:  # TimeoutError is one
            if host not in self._unknown:
                log.warning("the name %s cannot be resolved: %s", host, error.strerror or "no answer in time")
            self._unknown[host] = error.strerror or "no answer in time"
            return []
        self._unknown.pop(host, None)
        return [_text(family, address[0], address[1]) for family, _, _, _, address in found]


class _Noticing:
    """A listener that also notes when a stream breaks."""

    def __init__(self, listener: Listener, broken: asyncio.Event) -> None:
        self._listener = listener
        self._broken = broken

    def hello(self) -> SubscribeRequest:
        return self._listener.hello()

    async def heard(self, connection: PublisherConnection, response: SubscribeResponse) -> None:
        await self._listener.heard(connection, response)

    async def lost(self, connection: PublisherConnection) -> None:
        self._broken.set()
        await self._listener.lost(connection)


def _task_name(address: str) -> str:
    return f"{PREFIX}{address}"


def _text(family: socket.AddressFamily, host: object, port: object) -> str:
    return f"[{host}]:{port}" if family == socket.AF_INET6 else f"{host}:{port}"
