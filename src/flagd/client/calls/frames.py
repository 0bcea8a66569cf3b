"""Frames: the messages of a Connect stream, read one by one, none larger than allowed.

Five bytes stand before every message: flags, and its length in four bytes (big-endian). The last one holds the outcome
as JSON.
Source: https://connectrpc.com/docs/protocol#streaming-rpcs
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from flagd.client.calls.connection import call_failed
from flagd.rpc.call_failed import CallFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PREFIX_BYTES = 5
COMPRESSED, END = 1, 2
END_BYTES = 64 * 1024
"""Longest outcome that is read."""


class Readable(Protocol):
    """Where bytes come from."""

    def read(self, amount: int) -> bytes:
        """Return `amount` bytes, fewer at the end."""


def frame(message: bytes) -> bytes:
    """Return `message` with its prefix."""
    return b"\0" + len(message).to_bytes(4, "big") + message


def read_frames(source: Readable, limit: int, expect: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the messages of a stream until it ends well.

    Args:
        source: the body of the answer.
        limit: size of the largest message, in bytes.
        expect: told the size of each message before it is read, and 0 when the next is waited for.

    Raises:
        CallFailed: it ended with an error, was cut off, or is not such a stream.
    """
    while True:
        expect(0)
        flags, size = _prefix(source)
        if flags & COMPRESSED:
            raise CallFailed("a message is compressed, which was not asked for")
        if size > (END_BYTES if flags & END else limit):
            raise CallFailed(f"a message of {size} bytes was announced, at most {limit} are read")
        expect(size)
        message = source.read(size)
        if len(message) < size:
            raise CallFailed("the stream was cut off")
        if flags & END:
            return _end(message)
        yield message


def _prefix(source: Readable) -> tuple[int, int]:
    prefix = source.read(PREFIX_BYTES)
    if len(prefix) < PREFIX_BYTES:
        raise CallFailed("the stream was cut off")
    return prefix[0], int.from_bytes(prefix[1:], "big")


def _end(message: bytes) -> None:
    try:
        outcome = json.loads(message)
        error = call_failed(outcome["error"]) if outcome.get("error") else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CallFailed("the stream ended with something that is not an outcome") from None
    if error is not None:
        raise error
