"""Admin: Envoy's admin interface over its Unix socket.

https://www.envoyproxy.io/docs/envoy/v1.39.0/operations/admin
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from flagd.transport.envoy.listener import NAME

if TYPE_CHECKING:
    from pathlib import Path

ANSWER_SECONDS = 5.0
"""How long Envoy may take to answer."""

_ANSWER_LIMIT = 1024 * 1024
_REQUESTS = f"http.{NAME}.downstream_rq_active"
_CONNECTIONS = f"http.{NAME}.downstream_cx_active"


class Admin:
    """Asks one Envoy. Every method raises OSError when it does not answer."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def address(self) -> str | None:
        """Return ``host:port`` of the public listener, None while it does not listen yet."""
        if await self._ask("GET", "/ready") != b"LIVE\n":
            return None
        listing = json.loads(await self._ask("GET", "/listeners?format=json"))
        for listener in listing.get("listener_statuses", []):
            if listener["name"] == NAME:
                found = listener["local_address"]["socket_address"]
                host = f"[{found['address']}]" if ":" in found["address"] else found["address"]
                return f"{host}:{found['port_value']}"
        return None

    async def drain(self) -> None:
        """Ask callers to go, with every answer, for ``--drain-time-s``; then stop listening."""
        await self._ask("POST", "/drain_listeners?graceful")

    async def active(self) -> tuple[int, int]:
        """Return how many requests run and how many connections are open."""
        listing = await self._ask("GET", f"/stats?filter=^http\\.{NAME}\\.downstream_(rq|cx)_active$")
        figures = dict(line.split(": ") for line in listing.decode().splitlines())
        return int(figures.get(_REQUESTS, 0)), int(figures.get(_CONNECTIONS, 0))

    async def accepting(self) -> bool:
        """Return whether callers are let in: Envoy lets in nobody when its heap is full."""
        listing = await self._ask(
            "GET", "/stats?filter=^overload\\.envoy\\.overload_actions\\.stop_accepting_\\w+\\.active$"
        )
        return all(line.rpartition(": ")[2] == "0" for line in listing.decode().splitlines())

    async def _ask(self, method: str, target: str) -> bytes:
        reader, writer = await asyncio.open_unix_connection(self._path, limit=_ANSWER_LIMIT)
        try:
            writer.write(f"{method} {target} HTTP/1.1\r\nhost: envoy\r\nconnection: close\r\n\r\n".encode())
            async with asyncio.timeout(ANSWER_SECONDS):
                await reader.readuntil(b"\r\n\r\n")
                return await _chunks(reader)
        except (EOFError, ValueError, TimeoutError) as error:
            raise OSError(f"Envoy's admin interface gave no answer to {target}") from error
        finally:
            writer.close()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """Return a body in chunked encoding, which is how Envoy writes every answer of this interface."""
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    return body
