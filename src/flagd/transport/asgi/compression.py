"""Compression: message encodings, with the size of what comes out bounded."""

from __future__ import annotations

import asyncio
import re
import zlib
from enum import StrEnum

from flagd.rpc.capacity import received
from flagd.rpc.status import InvalidArgument, TooLarge, Unreadable

COMPRESS_FROM = 1024
"""Bytes from which a unary answer is compressed for a caller that accepts gzip."""
_BESIDE_BYTES = 128 * 1024
"""Answers from here on are compressed in a thread, for it takes milliseconds."""
_VARY = (b"vary", b"accept-encoding")
_Q_ZERO = re.compile(rb"q\s*=\s*0(\.0*)?")
ACCEPTED = "identity,gzip,deflate"
"""Value of ``grpc-accept-encoding``."""


class Encoding(StrEnum):
    """Message encodings that we read."""

    IDENTITY = "identity"
    GZIP = "gzip"
    DEFLATE = "deflate"


_WINDOW_BITS = {Encoding.GZIP: 16 + zlib.MAX_WBITS, Encoding.DEFLATE: zlib.MAX_WBITS}


def parse_encoding(header: bytes | None) -> Encoding | None:
    """Return the encoding that a header names, None without a header.

    Raises:
        Unreadable: an encoding that we do not read; the text names those that we do.
    """
    if header is None:
        return None
    try:
        return Encoding(header.decode("latin-1").lower())
    except ValueError:
        raise Unreadable(f"message encoding is not known; this server reads {ACCEPTED}") from None


def decompress(data: bytes, encoding: Encoding | None, limit: int) -> bytes:
    """Return ``data`` decompressed, never making more than ``limit`` + 1 bytes of it.

    Raises:
        InvalidArgument: marked as compressed without an encoding, damaged, or cut short.
        TooLarge: more than ``limit`` bytes would come out.
    """
    if encoding is None or encoding is Encoding.IDENTITY:
        raise InvalidArgument("message is marked as compressed, but no encoding is named")
    inflater = zlib.decompressobj(_WINDOW_BITS[encoding])
    try:
        message = inflater.decompress(data, limit + 1)
    except zlib.error:
        raise InvalidArgument(f"message is not valid {encoding}") from None
    if len(message) > limit:
        raise TooLarge(f"message is larger than the limit of {limit} bytes when decompressed")
    if not inflater.eof or inflater.unused_data:
        raise InvalidArgument(f"message is not valid {encoding}")
    received(len(message))
    return message


async def compress_answer(answer: bytes, accepted: bytes | None) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return an answer as it is to be sent to who accepts `accepted`, and the headers that say so."""
    if len(answer) < COMPRESS_FROM:
        return answer, []
    if not accepts_gzip(accepted):
        return answer, [_VARY]
    compressed = compress(answer) if len(answer) < _BESIDE_BYTES else await asyncio.to_thread(compress, answer)
    return compressed, [_VARY, (b"content-encoding", b"gzip")]


def accepts_gzip(header: bytes | None) -> bool:
    """Return whether the header ``accept-encoding`` names gzip, or everything, and does not rule it out by ``q=0``."""
    found = {}
    for item in (header or b"").lower().split(b","):
        name, _, parameters = item.partition(b";")
        found[name.strip()] = _Q_ZERO.fullmatch(parameters.strip()) is None
    return found.get(b"gzip", found.get(b"x-gzip", found.get(b"*", False)))


def compress(data: bytes) -> bytes:
    """Return ``data`` as gzip, at the level that costs least."""
    deflater = zlib.compressobj(1, zlib.DEFLATED, _WINDOW_BITS[Encoding.GZIP])
    return deflater.compress(data) + deflater.flush()
