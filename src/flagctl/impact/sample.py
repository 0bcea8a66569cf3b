"""Sample: what a change does within each segment, by users who are made up; a check on the exact shares.

Every one of them is taken to be in every segment: the rates hold within a segment, and say nothing of how many real
users are in it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flagctl.impact.impact import Impact
from flagctl.impact.move import OFF, Move
from flagctl.impact.rewriting import rewritten
from flagctl.impact.segments import notes, segment_pairs
from flagd.engine.bucket import bucket_table
from flagd.engine.variant import Reason, Variant
from flagd.hashing import bucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagctl.impact.question import Question
    from flagd.ruleset.flag import EvaluationSegment

    Draw = Callable[[str], str]

_CONFIDENT = 1.96


def by_sample(question: Question, size: int) -> list[Impact]:
    """Return the moves of each flag as numbers of made-up users, of `size` in each segment; always the same ones."""
    return [_impact(question, key, size) for key in question.keys]


def margin(count: int, size: int) -> float:
    """Return the sampling error of `count` of `size`, as a share: half of the 95 % confidence interval."""
    if count in {0, size}:
        return 3 / size  # the rule of three
    share = count / size
    return float(_CONFIDENT * (share * (1 - share) / size) ** 0.5)


def _impact(question: Question, key: str, size: int) -> Impact:
    before, after = question.before.flag(key), question.after.flag(key)
    again = rewritten(before, after)
    pairs = segment_pairs(before, after)
    moves: Counter[Move] = Counter()
    for pair in pairs:
        old, new = _draw(pair.before), _draw(pair.after)
        found = Counter((old(user), new(user)) for user in map("sample-{}".format, range(size)))
        for (had, has), count in found.items():
            moves[Move(pair.name, had, has, had == has and had in again)] += count
    return Impact(question.project, key, dict(moves), {pair.name: size for pair in pairs}, notes(before, after))


def _draw(segment: EvaluationSegment) -> Draw:
    """Return what gives the variant of a user whose value is hashed."""
    otherwise = segment.get("variant", OFF)
    raw = segment.get("bucket")
    if raw is None:
        return lambda _user: otherwise
    table = bucket_table(raw, _variant, None)

    def drawn(user: str) -> str:
        variant = table.at(bucket(table.salt, user).hash)
        return variant.key if variant else otherwise

    return drawn


def _variant(key: str) -> Variant:
    return Variant(key, key, None, {}, Reason.SPLIT, "")
