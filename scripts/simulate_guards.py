"""Play 10,000 harmless ramps for each claim and 2,000 harmful ones, and compare what was done with what is promised.

Ends with 1 where they are wrong more often than they say, or where a planted fault goes unnoticed.
"""

from __future__ import annotations

import sys
from random import Random
from typing import TYPE_CHECKING

from flagd.manifest.parts.duration import duration
from flagoperator.evidence import Rule
from flagoperator.evidence.simulation import harmful, harmless, once, restarted, scaled
from flagoperator.rollout.ratio_simulation import (
    LOST,
    SHARING,
    as_said,
    by_p_value,
    by_ratio,
    losing,
    reported,
    sharing,
)

if TYPE_CHECKING:
    from flagoperator.evidence.power import Chance

RUNS, HARMFUL_RUNS = 10_000, 2_000
ALPHA = 0.01
PROMISED, FOUND = 0.001, 0.9
SEED = 16


def main() -> int:
    """Print a line for each claim."""
    chance, limit = Random(SEED).random, 1 / ALPHA  # noqa: S311 - dice, no secret
    right = True
    for margin in (1.0, 1.2):
        found = harmless(RUNS, Rule(margin, limit), once, chance)
        right &= not found.exceeds(ALPHA) and found.share >= ALPHA / 5
        print(
            f"margin {margin}: {found.share:.2%} of {RUNS:,} harmless ramps taken back; promised: at most {ALPHA:.0%}"
        )
    for name, judge in (("counts scaled by 2", scaled), ("evidence restarted at each step", restarted)):
        found = harmless(RUNS, Rule(1.0, limit), judge, chance)
        right &= found.exceeds(ALPHA)
        print(f"planted, {name}: {found.share:.2%}; must be seen to break the promise")
    printed, found = harmful(HARMFUL_RUNS, Rule(1.2, limit), chance)
    right &= 0.77 <= found.share <= 0.83
    print(f"failures doubled: {found.share:.1%} taken back by the time printed, {duration(int(printed))}; wanted: 80%")
    return 0 if _ratios(Random(SEED).random) and right else 1  # noqa: S311 - dice, no secret


def _ratios(chance: Chance) -> bool:
    """Print the same for the ratio of users, and return whether it keeps its promise."""
    found = reported(RUNS, as_said, by_ratio, chance)
    right = not found.exceeds(PROMISED)
    print(f"users divided as said: {found.share:.2%} of {RUNS:,} runs reported; promised: at most {PROMISED:.1%}")
    found = reported(HARMFUL_RUNS, as_said, by_p_value, chance)
    right &= found.exceeds(PROMISED)
    print(f"planted, a p-value at every look: {found.share:.2%}; must be seen to break the promise")
    for name, draw in ((f"{SHARING} users share a key", sharing), (f"{LOST:.0%} of the treated lost", losing)):
        found = reported(HARMFUL_RUNS, draw, by_ratio, chance)
        right &= found.share >= FOUND
        print(f"{name}: {found.share:.1%} of {HARMFUL_RUNS:,} runs reported; wanted: at least {FOUND:.0%}")
    return right


if __name__ == "__main__":
    sys.exit(main())
