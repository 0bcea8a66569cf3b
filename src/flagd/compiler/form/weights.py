"""Weights: relative shares of variants, as ranges of the distribution half of a bucket.

Source: flag-semantics 4, which reproduces every range Amplitude's server was seen to compile.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.ruleset.flag import EvaluationDistribution

LAST_DISTRIBUTION = 42949672
DISTRIBUTIONS = 42949673
"""How many distributions there are: 2**32 hashes over 100 allocations, rounded up."""

Shares = tuple[tuple[str, int], ...]
"""Variant keys with their weight, in declared order; weights above 0 only."""


def shares(variants: Sequence[str], weights: Mapping[str, int] | None) -> Shares:
    """Return who shares a rollout: all of `variants` evenly where there are no weights, or only zeros."""
    if weights:
        weighted = tuple([(key, weights[key]) for key in variants if weights.get(key, 0) > 0])
        if weighted:
            return weighted
    return _even(tuple(variants))


@lru_cache(maxsize=4096)
def _even(variants: tuple[str, ...]) -> Shares:
    return tuple([(key, 1) for key in variants])


@lru_cache(maxsize=4096)
def distributions(split: Shares) -> list[EvaluationDistribution]:
    """Return the ranges of `split`. They overlap by one or two, as Amplitude's do; the first match decides."""
    total = sum(weight for _, weight in split)
    ranges: list[EvaluationDistribution] = []
    start = 0.0
    reached = 0
    for key, weight in split:
        reached += weight
        end = reached / total
        ranges.append(
            {"variant": key, "range": [math.floor(start * LAST_DISTRIBUTION), math.ceil(end * DISTRIBUTIONS)]}
        )
        start = end
    return ranges


def first_part(ranges: Sequence[EvaluationDistribution], thousandths: int) -> list[EvaluationDistribution]:
    """Return the first `thousandths`/1000 of each variant's own range.

    A variant's own range begins where the one before it ends: the overlap belongs to the first, and a
    user in it must not change variant when the percentage grows to the whole.
    """
    parts: list[EvaluationDistribution] = []
    start = 0
    for each in ranges:
        end = each["range"][1]
        width = -((start - end) * thousandths // 1000)  # rounded up
        parts.append({"variant": each["variant"], "range": [start, start + width]})
        start = end
    return parts
