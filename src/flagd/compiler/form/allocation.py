"""Allocation: a percentage of users and their split over variants, as a bucket decides it.

Whole percents compile exactly as Amplitude compiles them. Amplitude has no fractions; here 33.33 %
is 33 whole allocations and, in the next one, the first 0.33 of every variant's own range. That is
still plain Amplitude JSON, and growing the percentage moves nobody (flag-semantics 4).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flagd.compiler.form.weights import distributions, first_part

if TYPE_CHECKING:
    from flagd.compiler.form.weights import Shares
    from flagd.ruleset.flag import EvaluationAllocation


@lru_cache(maxsize=4096)
def allocations(thousandths: int, split: Shares) -> list[EvaluationAllocation]:
    """Return the allocations that admit `thousandths` of 0.001 % (0 to 100,000); none for 0."""
    whole, fraction = divmod(thousandths, 1000)
    ranges = distributions(split)
    found: list[EvaluationAllocation] = []
    if whole:
        found.append({"range": [0, whole], "distributions": ranges})
    if fraction:
        found.append({"range": [whole, whole + 1], "distributions": first_part(ranges, fraction)})
    return found
