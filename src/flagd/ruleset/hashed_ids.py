"""HashedIds: a large set of ids as the sorted 64-bit hashes of them, in one flat array.

An id takes 8 bytes. Two ids share a hash once in 2^64 pairs: of a million asked for in a list of a million, one in
twenty million such questions is answered wrongly.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from hashlib import sha256
from itertools import islice, pairwise
from operator import lt
from typing import TYPE_CHECKING

import mmh3

from flagd.hashing import utf8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BYTES = 8
"""What a hash takes."""
_FORM = "Q"
_PER_RANGE = 16
"""About how many hashes the index leaves to search: it takes 4 bytes for so many."""
_BITS = 64

_murmur = mmh3.mmh3_x64_128_uintdigest
_LOW = (1 << 64) - 1


class HashedIds:
    """A set of ids that can be asked for, and not be read back. Immutable; equal to another with the same hashes."""

    __slots__ = ("_hashes", "_shift", "_starts", "digest")

    def __init__(self, hashes: array[int]) -> None:
        """`hashes` must be sorted, each once; it is taken over and must not change any more."""
        ranges = max(0, (len(hashes) // _PER_RANGE).bit_length() - 1)
        self._hashes = hashes
        self._shift = _BITS - ranges
        self._starts = array("I", _starts(hashes, self._shift, 1 << ranges))
        self.digest = sha256(_little(hashes)).digest()
        """SHA-256 of the hashes."""

    @classmethod
    def of(cls, ids: Iterable[str]) -> HashedIds:
        """Return the set of `ids`."""
        return cls(array(_FORM, sorted({hash_id(utf8(each)) for each in ids})))

    @classmethod
    def from_bytes(cls, data: bytes) -> HashedIds:
        """Return what `to_bytes` wrote. Raises ValueError for what it did not write."""
        return cls(read_hashes(data))

    def to_bytes(self) -> bytes:
        """Return the hashes in order, 8 bytes each, the lowest first."""
        return bytes(_little(self._hashes))

    def __contains__(self, member: str) -> bool:
        number = _murmur(utf8(member), 0) & _LOW
        place, starts = number >> self._shift, self._starts
        end = starts[place + 1]
        index = bisect_left(self._hashes, number, starts[place], end)
        return index < end and self._hashes[index] == number

    def __len__(self) -> int:
        return len(self._hashes)

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, HashedIds) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<{len(self)} hashed ids>"

    @property
    def size(self) -> int:
        """What it takes of memory, in bytes."""
        return self._hashes.itemsize * len(self._hashes) + self._starts.itemsize * len(self._starts)

    def difference(self, other: HashedIds) -> tuple[array[int], array[int]]:
        """Return the hashes that `other` lacks and those that it has more, sorted; at the cost of a look at both."""
        gone, new = array(_FORM), array(_FORM)
        for mine, theirs in zip(_parts(self._hashes), _parts(other._hashes), strict=True):
            if mine != theirs:
                gone.extend(sorted(set(mine).difference(theirs)))
                new.extend(sorted(set(theirs).difference(mine)))
        return gone, new

    def changed(self, gone: array[int], new: array[int]) -> HashedIds:
        """Return the set without `gone` and with `new`, both sorted.

        Raises:
            ValueError: one of `gone` is not in it, or one of `new` is.
        """
        without = array(_FORM)
        at = 0
        for number in gone:
            index = bisect_left(self._hashes, number, at)
            if index == len(self._hashes) or self._hashes[index] != number:
                raise ValueError("a hash is to go that is not there")
            without.extend(self._hashes[at:index])
            at = index + 1
        without.extend(self._hashes[at:])
        return HashedIds(_merged(without, new))


def hash_id(data: bytes) -> int:
    """Return the hash of an id in UTF-8: the first 64 bits of murmur3_x64_128 with seed 0, unsigned."""
    return _murmur(data, 0) & _LOW


def read_hashes(data: bytes) -> array[int]:
    """Return the hashes in `data`, as `write_hashes` wrote them. Raises ValueError where they are not in order."""
    hashes = array(_FORM)
    hashes.frombytes(data)
    if sys.byteorder == "big":
        hashes.byteswap()
    if not all(map(lt, hashes, islice(hashes, 1, None))):
        raise ValueError("the hashes are not in order, or not each once")
    return hashes


def write_hashes(hashes: array[int]) -> bytes:
    """Return `hashes` in order, 8 bytes each, the lowest first."""
    return bytes(_little(hashes))


def sort_hashes(hashes: Iterable[int]) -> array[int]:
    """Return `hashes` in order, each once, in little more memory than they take."""
    shelves = [array(_FORM) for _ in range(256)]
    put = [shelf.append for shelf in shelves]
    for number in hashes:
        put[number >> 56](number)
    ordered = array(_FORM)
    for index, shelf in enumerate(shelves):
        ordered.extend(sorted(set(shelf)))
        shelves[index] = array(_FORM)
        put[index] = shelves[index].append
    return ordered


def _starts(hashes: array[int], shift: int, ranges: int) -> Iterator[int]:
    at = 0
    for place in range(ranges):
        at = bisect_left(hashes, place << shift, at)
        yield at
    yield len(hashes)


def _parts(hashes: array[int]) -> Iterator[array[int]]:
    """Yield the parts of `hashes` by the first bits of them: as many of any list, equal where the lists are."""
    starts = list(_starts(hashes, _BITS - 12, 1 << 12))
    for start, end in pairwise(starts):
        yield hashes[start:end]


def _merged(hashes: array[int], new: array[int]) -> array[int]:
    merged = array(_FORM)
    at = 0
    for number in new:
        index = bisect_left(hashes, number, at)
        if index < len(hashes) and hashes[index] == number:
            raise ValueError("a hash is new that is there")
        merged.extend(hashes[at:index])
        merged.append(number)
        at = index
    merged.extend(hashes[at:])
    return merged


def _little(hashes: array[int]) -> array[int]:
    """Return `hashes` as they are in memory where the lowest byte of a number comes first."""
    if sys.byteorder == "little":
        return hashes
    swapped = array(_FORM, hashes)
    swapped.byteswap()
    return swapped


EMPTY = HashedIds(array(_FORM))
"""The set of nobody."""
