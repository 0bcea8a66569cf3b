"""Events: tells open pages that something changed, by server-sent events; they then ask for themselves again."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from flagctl.dashboard.web.open_page import OpenPage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.responses import Response

    from flagctl.dashboard.inventory.inventory import Inventory
    from flagctl.dashboard.inventory.topic import Topic
    from flagctl.dashboard.web.visitor import Visitor

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

    def events(self, visitor: Visitor, topic: Topic) -> Response:
        """Open a stream about what `visitor` sees of `topic`."""
        if self.open >= MOST_STREAMS:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "Too many pages are open.")
        return StreamingResponse(
            self._stream(visitor, topic), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )

    async def _stream(self, visitor: Visitor, topic: Topic) -> AsyncIterator[str]:
        self.open += 1
        now = asyncio.get_running_loop().time
        ends, page = now() + LONGEST_SECONDS, OpenPage(visitor, topic, now)
        try:
            with self._inventory.subscribe() as changed:
                told, spoken = (await page.edition()).version, now()
                yield f"retry: 2000\nevent: hello\ndata: {told}\n\n"
                while now() < ends and not self._closed:
                    await _wait(changed, min(spoken + HEARTBEAT_SECONDS, page.due) - now())
                    changed.clear()
                    if (await page.edition()).version != told:
                        await asyncio.sleep(PAUSE_SECONDS)
                        told, spoken = (await page.edition()).version, now()
                        yield f"event: change\ndata: {told}\n\n"
                    elif now() - spoken >= HEARTBEAT_SECONDS:
                        spoken = now()
                        yield ": still here\n\n"
        finally:
            self.open -= 1


async def _wait(changed: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await changed.wait()
    except TimeoutError:
        return
