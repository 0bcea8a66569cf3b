"""Control: how the parent talks to the app inside Envoy: JSON lines over a pair of sockets.

The parent orders (``confirm``, ``drain``, ``stop``), the app reports (``started``, ``failed``, and each order when it
is done).
When the parent dies, the socket closes and the app ends Envoy with it: no orphan keeps the port.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import socket

HANDOVER = "FLAGSERVICE_ENVOY_HANDOVER"
"""Environment variable with what the parent hands over, as JSON: ``control`` and ``log`` (file descriptors), ``admin``
(path of the socket of Envoy's admin interface) and ``options``."""

LINE_LIMIT = 64 * 1024


class Control:
    """One end of the pair."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, end: socket.socket) -> Self:
        """Use ``end``, which is closed by ``close``."""
        return cls(*await asyncio.open_connection(sock=end, limit=LINE_LIMIT))

    async def send(self, name: str, **fields: str) -> None:
        """Send one message; raises ConnectionError when the other end has gone."""
        self._writer.write(json.dumps({"name": name, **fields}).encode() + b"\n")
        await self._writer.drain()

    async def receive(self) -> dict[str, Any] | None:
        """Return the next message, None when the other end has gone."""
        try:
            line = await self._reader.readline()
        except ConnectionError:
            return None
        return json.loads(line) if line else None

    async def expect(self, name: str) -> dict[str, Any]:
        """Return the next message called ``name``, passing over others.

        Raises:
            ConnectionError: the other end went without it.
        """
        while (message := await self.receive()) is not None:
            if message["name"] == name:
                return message
        raise ConnectionResetError(f"the app inside Envoy went away before it said {name!r}")

    def close(self) -> None:
        """Close this end."""
        self._writer.close()
