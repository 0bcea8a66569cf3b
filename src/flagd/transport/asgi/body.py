"""Body: what a request carries, read with a bound on its size."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from flagd.rpc.capacity import received
from flagd.rpc.status import Overloaded, TooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

Event = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


PASS_OVER_BYTES = 64 * 1024
PASS_OVER_SECONDS = 1.0


class Disconnected(Exception):
    """The caller has gone; nobody is there to answer."""


async def read_body(receive: Receive, limit: int, framing: int = 0) -> bytes:
    """Return the whole body: at most ``limit`` bytes, and ``framing`` more that do not count.

    Raises:
        Disconnected: the caller went before the end.
        Overloaded: there is no room for so much.
        TooLarge: a larger body; the rest of it is not read.
    """
    event = await receive()
    if event["type"] == "http.request" and not event.get("more_body", False):
        body: bytes = event.get("body", b"")
        received(len(body))
        if len(body) > limit + framing:
            raise _too_large(limit)
        return body
    parts, size = [], 0
    while True:
        if event["type"] != "http.request":
            raise Disconnected
        part = event.get("body", b"")
        received(len(part))
        size += len(part)
        if size > limit + framing:
            raise _too_large(limit)
        parts.append(part)
        if not event.get("more_body", False):
            return b"".join(parts)
        event = await receive()


async def read_parts(receive: Receive) -> AsyncGenerator[bytes]:
    """Yield the parts of a body as they come, until it ends; raises Disconnected and Overloaded."""
    more = True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            raise Disconnected
        more = event.get("more_body", False)
        part = event.get("body", b"")
        received(len(part))
        yield part


async def pass_over_body(receive: Receive) -> None:
    """Read what a small body still holds and forget it; give up on a large or slow one, or one without room."""
    size = 0
    with contextlib.suppress(TimeoutError, Disconnected, Overloaded):
        async with asyncio.timeout(PASS_OVER_SECONDS), contextlib.aclosing(read_parts(receive)) as parts:
            async for part in parts:
                size += len(part)
                if size > PASS_OVER_BYTES:
                    return


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the request is larger than the limit of {limit} bytes")
