"""Slots: a table of fixed size in which the first user of each place counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SLOTS = 1 << 16
MOST_USERS = 20_000
"""Users after whom a sample is complete."""
MOST_PARTS = 255


class Slots:
    """Which part, by number from 0, was seen first in each slot."""

    __slots__ = ("_first", "_taken", "counts")

    def __init__(self, parts: int) -> None:
        """`parts`: how many there are, at most MOST_PARTS."""
        self._first = bytearray(SLOTS)
        self._taken = 0
        self.counts = [0] * parts
        """Slots by part."""

    def take(self, slot: int, part: int) -> bool:
        """Count `slot` for `part`; return False where it is taken, or the sample is complete."""
        if self._first[slot] or self._taken >= MOST_USERS:
            return False
        self._first[slot] = part + 1
        self._taken += 1
        self.counts[part] += 1
        return True

    def part(self, slot: int) -> int:
        """Return for which part a slot that is taken counts."""
        return self._first[slot] - 1


def packed(slots: Iterable[int]) -> bytes:
    """Return slots as bytes, two for each, the higher one first."""
    return b"".join(each.to_bytes(2, "big") for each in slots)


def unpacked(data: bytes) -> Sequence[int]:
    """Return the slots of which `data` was made."""
    return [data[place] << 8 | data[place + 1] for place in range(0, len(data) - 1, 2)]
