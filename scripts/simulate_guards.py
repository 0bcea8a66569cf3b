"""Play 10,000 harmless ramps for each claim and 2,000 harmful ones, and compare what guards did with what they promise.

Ends with 1 where they are wrong more often than they say, or where a planted fault goes unnoticed.
"""

from __future__ import annotations

import sys
from random import Random

from flagd.manifest.parts.duration import duration
from flagoperator.evidence import Rule
from flagoperator.evidence.simulation import harmful, harmless, once, restarted, scaled

RUNS, HARMFUL_RUNS = 10_000, 2_000
ALPHA = 0.01
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
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
