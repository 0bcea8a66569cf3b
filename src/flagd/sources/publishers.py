"""Publishers: a stream to every address that some names stand for, as replicas come and go."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
from typing import TYPE_CHECKING

from flagd.rpc.channel import Endpoint
from flagd.rpc.rulesets.contact import Contact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.rpc.channel import Credentials
    from flagd.rpc.rulesets.contact import Listener

log = logging.getLogger(__name__)
LOOK_SECONDS = 10.0
"""How often names are resolved, within 20 %."""
RESOLVE_SECONDS = 10.0
MOST_ADDRESSES = 64


class Publishers:
    """Keeps a contact to every address of the hosts, for as long as `run` runs."""

    def __init__(self, hosts: Sequence[str], credentials: Credentials, listener: Listener) -> None:
        """Follow `hosts` (``name:port``); what their publishers say goes to `listener`."""
        self._hosts = hosts
        self._credentials = credentials
        self._listener = listener
        self._contacts: dict[str, Contact] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._unknown: set[str] = set()

    @property
    def contacts(self) -> Sequence[Contact]:
        """Every publisher known, connected or not."""
        return list(self._contacts.values())

    async def run(self) -> None:
        """Resolve the names again and again, until cancelled."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            self._contacts.clear()
            self._tasks.clear()

    async def look(self) -> None:
        """Resolve the names once: call on addresses that are new, forget those that are gone and do not answer."""
        found: dict[str, str] = {}
        complete = True
        for host in self._hosts:
            addresses = await self._resolve(host)
            complete = complete and bool(addresses)
            found |= dict.fromkeys(addresses, host.rpartition(":")[0].strip("[]"))
        for address in list(found)[:MOST_ADDRESSES]:
            if address not in self._contacts:
                self._call_on(Endpoint(address, found[address], self._credentials))
        for address, contact in list(self._contacts.items()):
            if complete and address not in found and contact.term is None:
                self._tasks.pop(address).cancel()
                del self._contacts[address]

    def _call_on(self, endpoint: Endpoint) -> None:
        contact = self._contacts[endpoint.address] = Contact(endpoint, self._listener)
        self._tasks[endpoint.address] = asyncio.create_task(contact.run(), name=f"publisher {endpoint.address}")

    async def _resolve(self, host: str) -> list[str]:
        name, _, port = host.rpartition(":")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                found = await loop.getaddrinfo(name.strip("[]"), int(port), type=socket.SOCK_STREAM)
        except OSError as error:  # TimeoutError is one
            if host not in self._unknown:
                log.warning("the name %s cannot be resolved: %s", host, error.strerror or "no answer in time")
            self._unknown.add(host)
            return []
        self._unknown.discard(host)
        return [_text(family, address[0], address[1]) for family, _, _, _, address in found]


def _text(family: socket.AddressFamily, host: object, port: object) -> str:
    return f"[{host}]:{port}" if family == socket.AF_INET6 else f"{host}:{port}"
