"""Compression: message encodings, with the size of what comes out bounded."""

from __future__ import annotations

import zlib
from enum import StrEnum

from flagd.rpc.capacity import unpacked
from flagd.rpc.status import ResourceExhausted, RpcError, Unimplemented

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
        Unimplemented: an encoding that we do not read; the text names those that we do.
    """
    if header is None:
        return None
    try:
        return Encoding(header.decode("latin-1").lower())
    except ValueError:
        raise Unimplemented(f"message encoding is not known; this server reads {ACCEPTED}") from None


def decompress(data: bytes, encoding: Encoding | None, limit: int) -> bytes:
    """Return ``data`` decompressed, never making more than ``limit`` + 1 bytes of it.

    Raises:
        RpcError: marked as compressed without an encoding, damaged, or cut short (INTERNAL).
        ResourceExhausted: more than ``limit`` bytes would come out.
    """
    if encoding is None or encoding is Encoding.IDENTITY:
        raise RpcError("message is marked as compressed, but no encoding is named")
    inflater = zlib.decompressobj(_WINDOW_BITS[encoding])
    try:
        message = inflater.decompress(data, limit + 1)
    except zlib.error:
        raise RpcError(f"message is not valid {encoding}") from None
    if len(message) > limit:
        raise ResourceExhausted(f"message is larger than the limit of {limit} bytes when decompressed")
    if not inflater.eof or inflater.unused_data:
        raise RpcError(f"message is not valid {encoding}")
    unpacked(len(message))
    return message


def compress(data: bytes) -> bytes:
    """Return ``data`` as gzip, at the level that costs least."""
    deflater = zlib.compressobj(1, zlib.DEFLATED, _WINDOW_BITS[Encoding.GZIP])
    return deflater.compress(data) + deflater.flush()
