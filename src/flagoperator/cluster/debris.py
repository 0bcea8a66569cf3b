"""Debris: what is left of lost connections; collected before it is much.

Errors and the connections that they are about refer to each other. Each such cycle holds the buffers of TLS, 256 KiB,
of which CPython's collector knows nothing: it counts objects, and comes for that few after hundreds of them.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from types import SimpleNamespace

CONNECTIONS = 32
"""How many connections are opened until what is left of those before is collected."""


class Debris:
    """Of the connections of one session."""

    def __init__(self) -> None:
        self._opened = 0

    def trace(self) -> aiohttp.TraceConfig:
        """Return what the session is to be given, so that its connections are counted."""
        config = aiohttp.TraceConfig()
        config.on_connection_create_start.append(self._count)
        return config

    async def _count(self, _session: aiohttp.ClientSession, _context: SimpleNamespace, _: object) -> None:
        self._opened += 1
        if self._opened % CONNECTIONS == 0:
            gc.collect()
