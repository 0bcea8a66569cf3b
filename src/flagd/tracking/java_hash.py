"""Java hash: the hash of a text by which Amplitude's insert ids tell events apart."""

from __future__ import annotations

_BITS = 0xFFFFFFFF


def java_hash(text: str) -> int:
    """Return Java's string hash of `text`, taken over its code points, as a number from 0 to 2^32 - 1."""
    found = 0
    for character in text:
        found = (31 * found + ord(character)) & _BITS
    return found
