"""Http2: as much of a gRPC client as a load needs, so that its own cost stays small against the server's.

Requests are made of prepared bytes; of responses only the frames are read, never the header blocks.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 0x1, 0x1, 0x4
INITIAL_WINDOW_SIZE = 0x4
LARGEST_WINDOW = 2**31 - 1
DEFAULT_WINDOW = 65_535
NO_ERROR = b"\0\0\0\0"
HEAD = struct.Struct(">HBBBI")
READ_BYTES = 1 << 18
SHORT = 127


@dataclass(frozen=True, slots=True)
class Frame:
    """What of a response is of interest.

    Attributes:
        kind: DATA or HEADERS.
        stream: number of the stream.
        ended: whether the stream ends with it.
        payload: its content.
    """

    kind: int
    stream: int
    ended: bool
    payload: bytes


class Connection:
    """One connection in plaintext to a server on this machine."""

    def __init__(self, port: int, path: str) -> None:
        """Connect; all calls go to `path`."""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = _headers(port, path)
        self._next = 1
        self._rest = b""
        settings = struct.pack(">HI", INITIAL_WINDOW_SIZE, LARGEST_WINDOW)
        window = struct.pack(">I", LARGEST_WINDOW - DEFAULT_WINDOW)
        self.socket.sendall(PREFACE + _frame(SETTINGS, 0, 0, settings) + _frame(WINDOW_UPDATE, 0, 0, window))

    def call(self, message: bytes) -> int:
        """Send one request and return the number of its stream."""
        stream, self._next = self._next, self._next + 2
        body = struct.pack(">BI", 0, len(message)) + message
        self.socket.sendall(
            _frame(HEADERS, END_HEADERS, stream, self._headers) + _frame(DATA, END_STREAM, stream, body)
        )
        return stream

    def receive(self) -> Iterator[Frame]:
        """Read what has come; blocks when nothing has.

        Raises:
            ConnectionError: the server closed the connection or a stream.
        """
        read = self.socket.recv(READ_BYTES)
        if not read:
            raise ConnectionError("the server closed the connection")
        data, start = self._rest + read, 0
        while len(data) - start >= HEAD.size:
            high, low, kind, flags, stream = HEAD.unpack_from(data, start)
            end = start + HEAD.size + (high << 8 | low)
            if end > len(data):
                break
            payload = data[start + HEAD.size : end]
            start = end
            if kind in {DATA, HEADERS}:
                yield Frame(kind, stream, bool(flags & END_STREAM), payload)
            else:
                self._manage(kind, flags, payload)
        self._rest = data[start:]

    def close(self) -> None:
        """Close the connection and with it all its streams."""
        self.socket.close()

    def _manage(self, kind: int, flags: int, payload: bytes) -> None:
        if kind in {SETTINGS, PING} and not flags & ACK:
            self.socket.sendall(_frame(kind, ACK, 0, payload if kind == PING else b""))
        if kind == GOAWAY or (kind == RST_STREAM and payload != NO_ERROR):
            raise ConnectionError(f"the server ended a stream or the connection: {payload!r}")


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return HEAD.pack(len(payload) >> 8, len(payload) & 0xFF, kind, flags, stream) + payload


def _headers(port: int, path: str) -> bytes:
    """HPACK without indexing and without Huffman codes; indices are those of its static table (RFC 7541, A)."""
    post, http = b"\x83", b"\x86"
    return b"".join(
        (
            post,
            http,
            b"\x04" + _text(path),
            b"\x01" + _text(f"127.0.0.1:{port}"),
            b"\x0f\x10" + _text("application/grpc"),
            b"\x00" + _text("te") + _text("trailers"),
        )
    )


def _text(text: str) -> bytes:
    assert len(text) < SHORT
    return bytes([len(text)]) + text.encode()
