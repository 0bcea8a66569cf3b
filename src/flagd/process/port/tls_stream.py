"""Tls stream: a connection inside TLS, of which nothing is held beyond what its owner bounds.

asyncio's own TLS would show a connection only after its handshake, and keep 256 KiB for each.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

READ_BYTES = 4 * 1024
Result = TypeVar("Result")


class TlsStream:
    """Read and written as asyncio's streams are. The handshake is part of the first reading."""

    def __init__(
        self, context: ssl.SSLContext, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int
    ) -> None:
        """`limit`: most bytes that `readuntil` waits for."""
        self._reader, self._writer, self._limit = reader, writer, limit
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def readuntil(self, separator: bytes) -> bytes:
        """Return what comes until `separator`, and that too; what came along is dropped.

        Raises:
            asyncio.LimitOverrunError: it is too long.
            OSError: the other end went, or does not speak TLS as it should.
        """
        found = b""
        while separator not in found:
            if len(found) > self._limit:
                raise asyncio.LimitOverrunError("the separator is not found", len(found))
            received = await self._through(partial(self._tls.read, READ_BYTES))
            if not received:
                raise ConnectionResetError("the other end said that nothing follows")
            found += received
        return found[: found.index(separator) + len(separator)]

    def write(self, data: bytes) -> None:
        """Send all of `data`, and say that nothing follows."""
        self._tls.write(data)
        with suppress(ssl.SSLError):  # the other end has not said the same yet
            self._tls.unwrap()
        self._flush()

    async def drain(self) -> None:
        """Wait until the other end has taken what was written. Raises OSError if it went."""
        await self._writer.drain()

    async def _through(self, step: Callable[[], Result]) -> Result:
        """Return what `step` returns once enough has come for it."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                pass
            finally:
                self._flush()
            received = await self._reader.read(READ_BYTES)
            if not received:
                raise ConnectionResetError("the other end went")
            self._incoming.write(received)

    def _flush(self) -> None:
        self._writer.write(self._outgoing.read())
