"""Stream: the compiled flags of a deployment again whenever they change, as server-sent events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flagd.rpc.route import EventStream
from flagd.rpc.status import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from flagd.api.amplitude.flags import FlagList
    from flagd.rpc.route import Request
    from flagd.store import Store

KEEP_ALIVE_SECONDS = 10.0
"""How often a stream without news says that it lives: the SDKs hang up after 17 s of silence."""
KEEP_ALIVE = b"data:  \n\n"
"""An event whose data is one space."""


class FlagStream:
    """Answers ``/sdk/stream/v1/flags``."""

    def __init__(self, flags: FlagList, store: Store, keep_alive_seconds: float = KEEP_ALIVE_SECONDS) -> None:
        self._flags = flags
        self._store = store
        self._keep_alive_seconds = keep_alive_seconds

    async def answer(self, request: Request) -> EventStream:
        """Return a stream of all flags. A caller without the right key is refused before it begins."""
        if self._store.closed:
            raise Unavailable("the server is draining; connect again")
        await self._flags.current(request)
        return EventStream(self._events(request))

    async def _events(self, request: Request) -> AsyncIterator[bytes]:
        """Yield events until the caller leaves, its key is withdrawn or the server drains."""
        said = b""
        with self._store.subscribe() as changed:
            while not self._store.closed:
                changed.clear()
                flags = await self._flags.current(request)
                yield KEEP_ALIVE if flags == said else b"data: %b\n\n" % flags
                said = flags
                await self._news(changed)

    async def _news(self, changed: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(self._keep_alive_seconds):
                await changed.wait()
        except TimeoutError:
            return
