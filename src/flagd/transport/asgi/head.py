"""Head: an answer to HEAD: that of GET without its body, on HTTP/1.1 and 2 not a byte of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.transport.asgi.body import Disconnected

if TYPE_CHECKING:
    from flagd.transport.asgi.body import Event, Send


class HeadSend:
    """Sends the start of an answer and ends it there."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._ended = False

    async def __call__(self, event: Event) -> None:
        """Take one event of the answer; raises Disconnected where more would follow, so that streams end too."""
        if event["type"] == "http.response.start":
            await self._send({**event, "trailers": False})
            return
        if not self._ended:
            self._ended = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        if event.get("more_body", False):
            raise Disconnected
