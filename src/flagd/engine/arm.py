"""Arm: outcomes that say to whom a run has brought a flag, and to whom not yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flagd.engine.crossing import crossed, row_pairs, spans
from flagd.engine.split import Part, Split
from flagd.engine.variant import Arm

if TYPE_CHECKING:
    from flagd.engine.bucket import BucketTable
    from flagd.engine.variant import Variant


def with_arms(table: BucketTable, start: BucketTable, segment: str) -> BucketTable:
    """Return `table` of `segment` with outcomes that name their arm.

    `start` is the table from before the run, by the same hash: it has an outcome for whom it admitted, None for others.
    Who is admitted now and was not is treated; who is not admitted is in control; who has nothing to hash is in no arm.
    """
    return crossed(table, start, _Named(table.otherwise, _split(table, start, segment)).outcome)


def _split(table: BucketTable, start: BucketTable, segment: str) -> Split:
    """Return how many hashes lead to each arm and variant."""
    widths: Counter[tuple[str, str]] = Counter()
    for pair, count in Counter(row_pairs(table, start)).items():
        for first, end, now, was in spans(pair):
            arm = _arm(now, was, table.otherwise)
            if now is not None and arm is not None:
                widths[arm, now.key] += count * (end - first)
    parts = tuple(Part(str(arm), key, width) for (arm, key), width in sorted(widths.items()) if width)
    return Split(segment, table.selector, table.salt, parts)


@dataclass(slots=True)
class _Named:
    """Outcomes with their arms, each made once: answers are shared by object."""

    otherwise: Variant | None
    split: Split
    made: dict[tuple[Variant, Arm], Variant] = field(default_factory=dict)

    def outcome(self, now: Variant | None, start: Variant | None) -> Variant | None:
        arm = _arm(now, start, self.otherwise)
        if now is None or arm is None:
            return now
        if (now, arm) not in self.made:
            self.made[now, arm] = replace(now, arm=arm, split=self.split)
        return self.made[now, arm]


def _arm(now: Variant | None, start: Variant | None, otherwise: Variant | None) -> Arm | None:
    if now is None or (now is not otherwise and start is not None):
        return None
    return Arm.CONTROL if now is otherwise else Arm.TREATED
