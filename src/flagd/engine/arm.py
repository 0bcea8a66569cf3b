"""Arm: outcomes that say to whom a run has brought a flag, and to whom not yet."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flagd.engine.variant import Arm

if TYPE_CHECKING:
    from flagd.engine.bucket import BucketTable, Row
    from flagd.engine.variant import Variant


def with_arms(table: BucketTable, start: BucketTable) -> BucketTable:
    """Return `table` with outcomes that name their arm.

    `start` is the table from before the run, by the same hash: it has an outcome for whom it admitted, None for others.
    Who is admitted now and was not is treated; who is not admitted is in control; who has nothing to hash is in no arm.
    """
    named = _Named(table.otherwise)
    rows: dict[tuple[int, int], Row] = {}
    index = bytearray()
    for pair in zip(table.index, start.index, strict=True):
        if pair not in rows:
            rows[pair] = named.row(table.rows[pair[0]], start.rows[pair[1]])
        index.append(list(rows).index(pair))
    return replace(table, index=bytes(index), rows=tuple(rows.values()))


@dataclass(slots=True)
class _Named:
    """Outcomes with their arms, each made once: answers are shared by object."""

    otherwise: Variant | None
    made: dict[tuple[Variant, Arm], Variant] = field(default_factory=dict)

    def row(self, now: Row, start: Row) -> Row:
        cuts = sorted({0, *now[0], *start[0]})
        return tuple(cuts[1:]), tuple(self.outcome(_at(now, cut), _at(start, cut)) for cut in cuts)

    def outcome(self, now: Variant | None, start: Variant | None) -> Variant | None:
        if now is None or (now is not self.otherwise and start is not None):
            return now
        arm = Arm.CONTROL if now is self.otherwise else Arm.TREATED
        if (now, arm) not in self.made:
            self.made[now, arm] = replace(now, arm=arm)
        return self.made[now, arm]


def _at(row: Row, number: int) -> Variant | None:
    edges, outcomes = row
    return outcomes[bisect_right(edges, number)]
