"""Author: applies flags on the API server's side, as a user's tool would, and says when it was answered."""

from __future__ import annotations

import asyncio
import itertools
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from benchmarks.cluster.flags import flag
from flagoperator.cluster.api import CONNECTIONS, Api
from flagoperator.kubeconfig import find_connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MANAGER = "benchmark"


@dataclass(frozen=True, slots=True)
class Applied:
    """One change, as the API server took it.

    Attributes:
        key: of the flag.
        mark: what the flag's answer carries from now on.
        sent: when it was sent, in seconds since 1970.
        answered: when the API server's answer was there.
        version: the resourceVersion in that answer.
    """

    key: str
    mark: int
    sent: float
    answered: float
    version: str


class Author:
    """A client with as many connections as calls that it has in flight. Used inside ``async with``."""

    def __init__(
        self,
        kubeconfig: Path,
        collection: str,
        in_flight: int = 1,
        make: Callable[[str, int], dict[str, Any]] = flag,
    ) -> None:
        """Write into `collection`, the path of flags of one namespace, what `make` makes of a key and a mark."""
        self._make = make
        connection = find_connection(kubeconfig, None)
        self._collection = collection
        self._in_flight = in_flight
        self._apis = [Api(connection) for _ in range(-(-in_flight // CONNECTIONS))]
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for api in self._apis:
            await self._stack.enter_async_context(api)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def apply(self, key: str, mark: int) -> Applied:
        """Apply one flag."""
        return await self._apply(self._apis[0], key, mark)

    async def apply_all(self, keys: Iterable[str], mark: int) -> list[Applied]:
        """Apply flags, several at a time."""
        queue = iter(keys)

        async def work(api: Api) -> list[Applied]:
            return [await self._apply(api, key, mark) for key in queue]

        workers = itertools.islice(itertools.cycle(self._apis), self._in_flight)
        done = await asyncio.gather(*map(work, workers))
        return [one for each in done for one in each]

    async def _apply(self, api: Api, key: str, mark: int) -> Applied:
        sent = time.time()
        obj = await api.apply(f"{self._collection}/{key}", self._make(key, mark), MANAGER)
        return Applied(key, mark, sent, time.time(), obj["metadata"]["resourceVersion"])
