"""Sample ratio: whether variants get users in the proportion of their weights. It may be asked after every user.

The Bayes factor of "some other proportion" (Dirichlet, around the weights) against "the weights": Lindon and Malek,
2020.
If the weights are true it reaches 1,000 in at most one run of 1,000, however often it is looked at.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ALARM = 1000.0
"""From here on users are not split as the weights say."""
CONCENTRATION = 100.0
"""How strongly the alternative expects proportions near the weights: like so many users seen before."""


def bayes_factor(users: Sequence[int], weights: Sequence[float]) -> float:
    """Return how much better another split explains `users` by variant than `weights`, which need not add up to 1.

    Variants of weight 0 count for nothing, but a user there cannot be: the factor is infinite then.
    """
    if any(count and not weight for count, weight in zip(users, weights, strict=True)):
        return math.inf
    total, shared = sum(users), sum(weights)
    if not total or not shared:
        return 1.0
    log = math.lgamma(CONCENTRATION) - math.lgamma(CONCENTRATION + total)
    for count, weight in zip(users, weights, strict=True):
        if weight:
            share = weight / shared
            prior = CONCENTRATION * share
            log += math.lgamma(prior + count) - math.lgamma(prior) - count * math.log(share)
    return math.exp(min(log, 700.0))
