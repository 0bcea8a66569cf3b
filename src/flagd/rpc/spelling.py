"""Spelling: the flag that a caller who mistyped its key most likely means.

Anybody may ask for keys that do not exist, as often as they like. So the work does not grow with the number of flags:
only the keys that stand nearest in two sorted lists are compared, one list by how keys begin and one by how they end. A
typing error leaves at least one of the two in order.
"""

from __future__ import annotations

from bisect import bisect_left
from difflib import get_close_matches
from heapq import nlargest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FLAGS = 20_000
"""With more flags nothing is suggested: sorting them would hold up other calls."""
_LONGEST = 100
_REACH = 16
"""Keys compared on either side of the place where the mistyped one belongs, in each list."""
_COMPARED = 4
_REMEMBERED = 500


class Spelling:
    """Finds the nearest of some keys. Sorts them when first asked, and remembers what it found.

    Args:
        keys: the keys that the caller may know.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        folded = {_fold(key): key for key in keys} if len(keys) <= MOST_FLAGS else {}
        self._keys = folded
        self._beginnings = sorted(folded)
        self._endings = sorted(one[::-1] for one in folded)
        self._found: dict[str, str | None] = {}

    def nearest(self, typed: str) -> str | None:
        """Return the key that `typed` most likely means; None where none is like it."""
        if len(typed) > _LONGEST:
            return None
        if typed not in self._found:
            if len(self._found) == _REMEMBERED:
                self._found.clear()
            self._found[typed] = self._search(_fold(typed))
        return self._found[typed]

    def _search(self, folded: str) -> str | None:
        endings = (one[::-1] for one in _around(self._endings, folded[::-1]))
        near = {*_around(self._beginnings, folded), *endings}
        likely = nlargest(_COMPARED, sorted(near), key=lambda other: _shared(folded, other))
        close = get_close_matches(folded, likely, n=1)
        return self._keys[close[0]] if close else None


def _fold(key: str) -> str:
    """Return `key` without what people write in many ways: `newCheckout`, `new_checkout` and `new-checkout` are one."""
    return "".join(filter(str.isalnum, key)).casefold() or key


def _around(names: Sequence[str], name: str) -> Sequence[str]:
    place = bisect_left(names, name)
    return names[max(0, place - _REACH) : place + _REACH]


def _shared(one: str, other: str) -> float:
    """Return the share of two texts that is the same at both ends: cheaper than comparing all of them, and coarser."""
    return (_same(one, other) + _same(one[::-1], other[::-1])) / max(1, len(one) + len(other))


def _same(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
