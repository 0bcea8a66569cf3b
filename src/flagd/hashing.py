"""Hashing: the number that decides who is in a rollout and which variant they get.

Amplitude's rule: murmur3_x86_32 of ``salt/value`` with seed 0, read as an unsigned number.
"""

from __future__ import annotations

from dataclasses import dataclass

import mmh3

__all__ = ["Bucket", "bucket", "murmur3", "utf8"]

murmur3 = mmh3.hash
"""murmur3(data, 0, False): the unsigned hash. Never pass text with lone surrogates: mmh3 5.3.1 crashes the process."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where one value stands under one salt.

    Attributes:
        hash: 0 to 4294967295.
        allocation: hash mod 100, compared with the rollout percentage.
        distribution: hash div 100, 0 to 42949672, compared with the weights.
    """

    hash: int
    allocation: int
    distribution: int


def bucket(salt: str, value: str) -> Bucket:
    """Return the bucket of `value` under `salt`. Both may be any text; lone surrogates count as U+FFFD."""
    number = murmur3(utf8(f"{salt}/{value}"), 0, False)
    return Bucket(number, number % 100, number // 100)


def utf8(text: str) -> bytes:
    """Return the UTF-8 of any `text`, with U+FFFD for a lone surrogate, as JavaScript's TextEncoder does it."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
