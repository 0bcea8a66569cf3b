"""Codegen: the fast path of a flag, a Python function written for the flag's shape.

One function of plain comparisons is what CPython runs fastest. It knows usual contexts only; all else, and whatever
raises, it leaves to `Flag.decide` (its argument c0), which gives the same answers.

Of many flags of one shape, a sweep is the same text in a loop, with what it reads of the user read before the loop and
what all of them say alike bound once: a row of it holds only what is a flag's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, cast

from flagd.engine.shared import LARGEST
from flagd.engine.writer import GLOBALS, MAX_PARTS, OWN, Writer, conditions, function, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from flagd.engine.condition import Condition
    from flagd.engine.flag import Decide, Flag
    from flagd.engine.variant import Variant

    Row = tuple[str, tuple[Any, ...]]
    Sweep = Callable[[Any, dict[str, Variant]], None]

_DECIDE = """
def decide(context, results, {names}):
  try:
    0
{body}    return None
  except Exception: return c0(context, results)
"""
_SWEEP = """
def sweep(context, results, rows, slow, {alike}):
 try:
    0
{reads} except Exception:
  for key, decide in slow.items():
   variant = decide(context, results)
   if variant is not None: results[key] = variant
  return
 for key, {own} in rows:
  try:
    0
{body}
  except Exception:
   variant = slow[key](context, results)
   if variant is not None: results[key] = variant
"""


def fast_path(flag: Flag) -> Decide:
    """Return a function that answers as `flag.decide` does, only faster, unless the flag is large."""
    if parts(flag) > MAX_PARTS:
        return flag.decide
    key = _look_of(flag)
    known = None if key is None else _known.get(key)
    if known is not None:
        return known.decide(flag)
    writer = Writer([flag], flag.decide)
    body = writer.body(flag, "return variant", "return c0(context, results)")
    made = cast("Decide", function(_DECIDE.format(names=writer.names, body=body), writer.constants))
    if key is not None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = _Written.of(made, writer, flag)
    return made


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written of one flag, for others that look like it.

    Attributes:
        code: what was written.
        constants: what is bound, in order; None in place of what is a flag's own, so that no flag is held.
        own: which of it is a flag's own, as `Writer.own`.
        conditions: those of the flag: as long as they are held, their ids name no others.
    """

    code: CodeType
    constants: tuple[object, ...]
    own: tuple[tuple[int, int, str], ...]
    conditions: list[Condition]

    @classmethod
    def of(cls, function: Decide, writer: Writer, flag: Flag) -> _Written:
        """Return what `writer` wrote for `flag`, of which `function` was made."""
        positions = {0, *(position for position, _, _ in writer.own)}
        constants = tuple(None if at in positions else each for at, each in enumerate(writer.constants))
        return cls(cast("FunctionType", function).__code__, constants, tuple(writer.own), conditions(flag))

    def decide(self, flag: Flag) -> Decide:
        """Return the function for `flag`."""
        constants: list[object] = [flag.decide, *self.constants[1:]]
        for position, number, name in self.own:
            constants[position] = OWN[name](flag.segments[number])
        return cast("Decide", FunctionType(self.code, GLOBALS, argdefs=tuple(constants)))


_known: dict[tuple[object, ...], _Written] = {}
_MOST_KNOWN = 1024


def _look_of(flag: Flag) -> tuple[object, ...] | None:
    """Return what tells `flag` from those of another shape or other conditions; None where few can look like it."""
    look: list[object] = []
    for segment in flag.segments:
        table = segment.table
        if segment.any_of is not None:
            for every in segment.any_of:
                if any(len(part.values) > LARGEST or part.selector[-1:] == ("cohort_ids",) for part in every):
                    return None
                look.append(tuple(map(id, every)))
        look.append(segment.any_of is None)
        look.append(None if table is None else (table.selector, table.index, tuple([edges for edges, _ in table.rows])))
    return tuple(look)


@dataclass(frozen=True, slots=True)
class Shape:
    """What flags of one text have in common.

    Attributes:
        shared: positions, in the defaults of what `fast_path` made, of what must be the same in all rows of one sweep.
        reads: lines that read the user.
        body: lines that decide one flag.
    """

    shared: tuple[int, ...]
    reads: str
    body: str

    def sweep(self, rows: Sequence[Row]) -> Sweep:
        """Return what answers for many flags. A row is a key and the defaults of what `fast_path` made."""
        first = rows[0][1]
        alike: list[int] = []
        own: list[int] = []
        for place in range(1, len(first)):
            same = place in self.shared or all(constants[place] is first[place] for _, constants in rows)
            (alike if same else own).append(place)
        slow = {key: constants[0] for key, constants in rows}
        own_rows = [(key, *[constants[place] for place in own]) for key, constants in rows]
        text = _SWEEP.format(alike=_names(alike), own=_names(own), reads=self.reads, body=self.body)
        bound = (own_rows, slow, *[first[place] for place in alike])
        return cast("Sweep", function(text, bound))


def shape(flag: Flag) -> Shape:
    """Return the shape of a flag for which `fast_path` made a function."""
    writer = Writer([flag], flag.decide, reads_first=True)
    body = writer.body(flag, "results[key] = variant; continue", "raise Exception")
    return Shape(tuple(writer.shared), "".join(writer.reads), body)


def _names(places: Iterable[int]) -> str:
    return ", ".join(f"c{place}" for place in places)
