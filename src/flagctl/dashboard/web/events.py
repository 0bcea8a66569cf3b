"""Events: tells open pages that something changed, by server-sent events; they then ask for themselves again."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.responses import Response

    from flagctl.dashboard.inventory.inventory import Inventory

MOST_STREAMS = 1_000
HEARTBEAT_SECONDS = 20.0
"""A comment goes out so often, so that a proxy keeps the stream and a browser that has gone is noticed."""
PAUSE_SECONDS = 0.2
"""Changes that come faster are told as one."""
LONGEST_SECONDS = 900.0
"""A stream ends then, and the browser opens another: rights are asked for again."""


class Streams:
    """Counts the open streams."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._closed = False
        self.open = 0

    def close(self) -> None:
        """End all of them."""
        self._closed = True
        self._inventory.touch()

    def events(self) -> Response:
        """Open a stream."""
        if self.open >= MOST_STREAMS:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "Too many pages are open.")
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def _stream(self) -> AsyncIterator[str]:
        self.open += 1
        inventory = self._inventory
        loop = asyncio.get_running_loop()
        ends, told = loop.time() + LONGEST_SECONDS, inventory.version
        try:
            with inventory.subscribe() as changed:
                yield f"retry: 2000\nevent: hello\ndata: {told}\n\n"
                while loop.time() < ends and not self._closed:
                    await _wait(changed)
                    changed.clear()
                    if inventory.version == told:
                        yield ": still here\n\n"
                        continue
                    await asyncio.sleep(PAUSE_SECONDS)
                    told = inventory.version
                    yield f"event: change\ndata: {told}\n\n"
        finally:
            self.open -= 1


async def _wait(changed: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            await changed.wait()
    except TimeoutError:
        return
