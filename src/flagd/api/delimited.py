"""Delimited: a field of a protobuf message as bytes, where the message is joined from parts.

https://protobuf.dev/programming-guides/encoding/#length-types
"""

from __future__ import annotations

_LENGTH_DELIMITED = 2


def delimited(field: int, content: bytes) -> bytes:
    """Return field number `field` (1 to 15) holding `content`: text, a message, or an entry of a map."""
    size = len(content)
    if size < 0x80:
        return bytes((field << 3 | _LENGTH_DELIMITED, size)) + content
    encoded = bytearray((field << 3 | _LENGTH_DELIMITED,))
    while size > 0x7F:
        encoded.append(size & 0x7F | 0x80)
        size >>= 7
    encoded.append(size)
    return bytes(encoded) + content
