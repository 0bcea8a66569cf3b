"""Alternatives: conditions as "any of these, each of which holds entirely", and how they combine."""

from __future__ import annotations

from itertools import chain, product
from math import prod
from typing import TYPE_CHECKING

from flagd.ruleset.flag import EvaluationCondition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Conjunction = list[EvaluationCondition]
Alternatives = list[Conjunction]

MOST_ALTERNATIVES = 1_000
MOST_CONDITIONS = 100_000
"""Bounds what one small manifest can make of large segments."""


class TooManyAlternatives(ValueError):
    """The product is larger than a flag may be. The text says how large and what is allowed."""


def all_of(factors: Sequence[Alternatives]) -> Alternatives:
    """Return the alternatives under which every one of `factors` holds.

    Raises:
        TooManyAlternatives: there would be more than 1,000 of them, or 100,000 conditions in them.
    """
    count = prod(map(len, factors))
    if count > MOST_ALTERNATIVES:
        raise TooManyAlternatives(f"inlining makes more than {MOST_ALTERNATIVES:,} alternatives")
    longest = sum([max(map(len, factor)) for factor in factors])
    if count * longest > MOST_CONDITIONS:
        raise TooManyAlternatives(f"inlining makes up to {count * longest:,} conditions of {MOST_CONDITIONS:,} allowed")
    if len(factors) == 1:
        return factors[0]
    return [distinct(chain.from_iterable(choice)) for choice in product(*factors)]


def size(alternatives: Alternatives) -> int:
    """Return how many conditions there are in all."""
    return sum(map(len, alternatives))


def distinct(conditions: Iterable[EvaluationCondition]) -> Conjunction:
    """Return `conditions` without those that are one object with an earlier one."""
    return list({id(condition): condition for condition in conditions}.values())
