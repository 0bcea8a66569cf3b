"""Joint: users counted by what two sides of a flag give them, in one loop written for the shape of both.

What either side reads of a user is read once, and hashed once where both hash alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, cast

from flagd.engine.flag import Segment
from flagd.engine.writer import MAX_PARTS, Writer, function, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from flagd.engine.bucket import BucketTable
    from flagd.engine.flag import Flag
    from flagd.engine.variant import Variant

    Cell = tuple[Variant | None, Variant | None]
    Contexts = Sequence[Mapping[str, Any]]
    Counts = list[list[int]]

_COUNT = """
def count(contexts, counts, {names}):
 results = NOTHING
 for context in contexts:
  try:
   if True:
    0
{reads}   while True:
{before}    one = 0; break
   while True:
{after}    two = 0; break
  except Exception: one, two = c0(context)
  counts[one][two] += 1
"""


class Joint:
    """One flag of two sides. Either must answer by itself, without the results of other flags."""

    def __init__(self, before: Flag, after: Flag) -> None:
        """Prepare to count."""
        self._before, self._after = _Numbers(), _Numbers()
        self._count = _loop(self._before.numbered(before), self._after.numbered(after))

    def cells(self, contexts: Contexts) -> Mapping[Cell, int]:
        """Return how many of `contexts` get which two variants, before and after; None = a side does not decide."""
        counts = [[0] * len(self._after.variants) for _ in self._before.variants]
        self._count(contexts, counts)
        return {
            (one, two): count
            for one, row in zip(self._before.variants, counts, strict=True)
            for two, count in zip(self._after.variants, row, strict=True)
            if count
        }


@dataclass(slots=True)
class _Numbers:
    """Numbers in place of variants: to add to a list at a number costs less than to look up a variant.

    Attributes:
        variants: what each number stands for; 0 is that no segment decides.
    """

    variants: list[Variant | None] = field(default_factory=lambda: [None])
    _known: dict[Variant, int] = field(default_factory=dict)

    def numbered(self, flag: Flag) -> Flag:
        """Return `flag` with numbers for outcomes: who decides passes them on without a look at them."""
        return replace(flag, segments=tuple(map(self._segment, flag.segments)))

    def _segment(self, segment: Segment) -> Segment:
        table = segment.table and self._table(segment.table)
        return Segment(segment.name, segment.any_of, table, self._number(segment.outcome))

    def _table(self, table: BucketTable) -> BucketTable:
        rows = tuple((edges, tuple(map(self._number, outcomes))) for edges, outcomes in table.rows)
        otherwise, unhashed = self._number(table.otherwise), self._number(table.unhashed)
        return replace(table, rows=rows, otherwise=otherwise, unhashed=unhashed)

    def _number(self, variant: Variant | None) -> Variant | None:
        if variant is None:
            return None
        if variant not in self._known:
            self._known[variant] = len(self.variants)
            self.variants.append(variant)
        return cast("Variant", self._known[variant])


def _loop(before: Flag, after: Flag) -> Callable[[Contexts, Counts], None]:
    """Return what counts at the numbers that both flags give, 0 where one gives None."""

    def slow(context: object) -> tuple[object, object]:
        return before.decide(context, {}) or 0, after.decide(context, {}) or 0

    if parts(before) + parts(after) > MAX_PARTS:
        return partial(_count, slow)
    writer = Writer([before, after], slow, reads_first=True)
    one = writer.body(before, "one = variant; break", "raise Exception")
    two = writer.body(after, "two = variant; break", "raise Exception")
    text = _COUNT.format(names=writer.names, reads="".join(writer.reads), before=one, after=two)
    return cast("Callable[[Contexts, Counts], None]", function(text, writer.constants))


def _count(decide: Callable[[object], tuple[Any, Any]], contexts: Contexts, counts: Counts) -> None:
    for one, two in map(decide, contexts):
        counts[one][two] += 1
