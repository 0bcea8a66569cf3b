"""Frame: the five bytes before every message of a gRPC or Connect stream.

One byte of flags, four bytes of length (big-endian), the message.
Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md ("Length-Prefixed-Message").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.rpc.status import InvalidArgument, TooLarge
from flagd.transport.asgi.compression import Encoding, decompress

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = 5
COMPRESSED = 1
END_STREAM = 2
"""Flag of Connect's last frame, which holds the outcome of the stream as JSON."""


def frame(message: bytes, flags: int = 0) -> bytes:
    """Return ``message`` with its prefix."""
    return bytes((flags,)) + len(message).to_bytes(4, "big") + message


@dataclass(slots=True)
class FrameReader:
    """Takes the bytes of a request as they come and yields the messages in them.

    Attributes:
        limit: largest message in bytes, before and after decompression.
        encoding: what the request's headers name; None where they name none.
    """

    limit: int
    encoding: Encoding | None = None
    _rest: bytes = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield every message that is complete with ``data``.

        Raises:
            InvalidArgument: flags that no one knows, or compressed without ``grpc-encoding``.
            TooLarge: a message is larger than the limit; known from the prefix, before the message is there.
        """
        rest = self._rest + data if self._rest else data
        start = 0
        while len(rest) - start >= PREFIX:
            end = start + PREFIX + self._length(rest, start)
            if len(rest) < end:
                break
            message = rest[start + PREFIX : end]
            compressed = rest[start] & COMPRESSED
            start = end
            yield decompress(message, self.encoding, self.limit) if compressed else message
        self._rest = rest[start:]

    def close(self) -> None:
        """Raise InvalidArgument if the request ended inside a message."""
        if self._rest:
            raise InvalidArgument("the request ends inside a message")

    def _length(self, data: bytes, start: int) -> int:
        if data[start] > COMPRESSED:
            raise InvalidArgument(f"frame flags {data[start]:#04x} are not known")
        length = int.from_bytes(data[start + 1 : start + PREFIX], "big")
        if length > self.limit:
            raise TooLarge(f"message of {length} bytes is larger than the limit of {self.limit}")
        return length


def only_frame(body: bytes, encoding: Encoding | None, limit: int) -> bytes:
    """Return the message of a body that must hold exactly one.

    Raises:
        InvalidArgument: no message, several, or part of one.
        TooLarge: larger than ``limit`` bytes.
    """
    reader = FrameReader(limit, encoding)
    messages = list(reader.feed(body))
    reader.close()
    if len(messages) != 1:
        raise InvalidArgument(f"this call takes one message, the request holds {len(messages)}")
    return messages[0]
