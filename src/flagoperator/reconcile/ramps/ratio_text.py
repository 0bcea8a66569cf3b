"""Ratio text: what people are told of how the users of a run are divided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.condition.attribute import format_attribute
from flagoperator.reconcile.condition import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.engine.split import Part, Split
    from flagoperator.rollout import Run
    from flagoperator.rollout.ratio import Tally

BALANCED = "Balanced"
MOST_PARTS = 3
"""Parts of one segment that a message names: those that are furthest off."""


def balanced(run: Run) -> Condition:
    """Return whether the users of `run` are divided as its percentages and weights say."""
    ratio = run.ratio
    if ratio.culprit is not None:
        return Condition(BALANCED, "False", "SampleRatioMismatch", _mismatch(ratio.culprit))
    worst = ratio.most
    if worst is None:
        return Condition(BALANCED, "Unknown", "NobodySeen", "no replica has reported a user yet whom the run compares")
    evidence = f"evidence of another division {worst.value:.3g} of {ratio.limit:g}"
    return Condition(BALANCED, "True", "AsWeighted", f"{_segment(worst)}; {evidence}")


def _mismatch(tally: Tally) -> str:
    chance = "chance alone does this in at most 1 of 1,000 runs, so do not trust comparisons of this run"
    return f"{_segment(tally)}: {chance}; {_causes(tally)}"


def _causes(tally: Tally) -> str:
    split = tally.split
    by, unit = format_attribute(split.selector), format_attribute(split.unit)
    if split.selector != split.unit:
        return f"users are counted by {unit} and bucketed by {by}: a value that many of them share moves them together"
    return (
        f"look for callers that ask for some users only (as behind another flag with the salt {split.salt!r}), "
        f"and for a {unit} that changes between calls"
    )


def _segment(tally: Tally) -> str:
    named = list(_parts(tally))
    return f"{tally.split.segment}: {', '.join(named)} of {tally.total} users"


def _parts(tally: Tally) -> Iterator[str]:
    """Yield ``treated on 512 (50 % expected)`` for the parts that are furthest from what was expected."""
    width = sum(each.width for each in tally.split.parts)
    pairs = sorted(
        zip(tally.split.parts, tally.users, strict=True),
        key=lambda pair: -abs(pair[1] - tally.total * pair[0].width / width),
    )
    for part, users in pairs[:MOST_PARTS]:
        yield f"{_name(tally.split, part)} {users} ({part.width / width * 100:.3g} % expected)"


def _name(split: Split, part: Part) -> str:
    alone = sum(each.arm == part.arm for each in split.parts) == 1
    return part.arm if alone else f"{part.arm} {part.variant}"
