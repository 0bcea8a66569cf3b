"""Sample ratio: whether users are divided as percentages and weights say. It may be asked after every user.

The Bayes factor of "some other proportion" (Dirichlet, around the one that is said) against "the one that is said":
Lindon and Malek, 2020. If that is true it reaches 1,000 in at most one run of 1,000, however often it is looked at.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ALARM = 1000.0
"""One over the share of runs without a fault that may be reported."""
CONCENTRATION = 100.0
"""How strongly the alternative expects proportions near those that are said: like so many users seen before."""


def log_bayes_factor(users: Sequence[int], weights: Sequence[float]) -> float:
    """Return how much better, as a natural logarithm, another division explains `users` by part than `weights`.

    The weights need not add up to 1. Parts of weight 0 count for nothing, but a user there cannot be: it is infinite
    then.
    """
    if any(count and not weight for count, weight in zip(users, weights, strict=True)):
        return math.inf
    total, shared = sum(users), sum(weights)
    if not total or not shared:
        return 0.0
    found = math.lgamma(CONCENTRATION) - math.lgamma(CONCENTRATION + total)
    for count, weight in zip(users, weights, strict=True):
        if weight:
            share = weight / shared
            prior = CONCENTRATION * share
            found += math.lgamma(prior + count) - math.lgamma(prior) - count * math.log(share)
    return found
