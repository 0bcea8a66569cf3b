"""Poisson: numbers of failures as chance has them."""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate


def drawn(mean: float, chance: float) -> int:
    """Return the number that `chance`, even from 0 to 1, stands for if `mean` is expected on average."""
    first, table = _table(mean)
    return first + bisect_left(table, chance)


@lru_cache(maxsize=4096)
def _table(mean: float) -> tuple[int, list[float]]:
    """Return the smallest number that occurs, and the chance of at most it, one more, and so on."""
    if mean <= 0:
        return 0, []
    spread = 9 * math.sqrt(mean) + 12
    first = max(0, int(mean - spread))
    numbers = range(first, int(mean + spread))
    return first, list(accumulate(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in numbers))
