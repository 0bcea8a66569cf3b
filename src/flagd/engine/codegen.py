"""Codegen: the fast path of a flag, a Python function written for the flag's shape.

One function of plain comparisons is what CPython runs fastest. It knows usual contexts only; all else, and whatever
raises, it leaves to `Flag.decide` (its argument c0), which gives the same answers.

Of many flags of one shape, a sweep is the same text in a loop, with what it reads of the user read before the loop and
what all of them say alike bound once: a row of it holds only what is a flag's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flagd.engine.writer import MAX_PARTS, Writer, function, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

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
    writer = Writer([flag], flag.decide)
    body = writer.body(flag, "return variant", "return c0(context, results)")
    return cast("Decide", function(_DECIDE.format(names=writer.names, body=body), writer.constants))


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
