"""Codegen: the fast path of a flag, a Python function written for the flag's shape.

One function of plain comparisons is what CPython runs fastest. It knows usual contexts only; all else, and whatever
raises, it leaves to `Flag.decide` (its argument c0), which gives the same answers.

Of many flags of one shape, a sweep is the same text in a loop, with what it reads of the user read before the loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flagd.engine.writer import MAX_PARTS, Writer, function, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from flagd.engine.flag import Decide, Flag
    from flagd.engine.variant import Variant

    Row = tuple[str, tuple[object, ...]]
    Sweep = Callable[[Any, dict[str, Variant], Iterable[Row]], None]

_DECIDE = """
def decide(context, results, {names}):
  try:
    0
{body}    return None
  except Exception: return c0(context, results)
"""
_SWEEP = """
def sweep(context, results, rows):
 try:
  for key, ({names},) in rows:
{reads}    break
 except Exception:
  for key, ({names},) in rows:
   variant = c0(context, results)
   if variant is not None: results[key] = variant
  return
 for key, ({names},) in rows:
  try:
    0
{body}
  except Exception:
   variant = c0(context, results)
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
        sweep: answers for many of them. A row is a key and the defaults of what `fast_path` made.
        shared: positions in these defaults of what must be the same in all rows of one sweep.
    """

    sweep: Sweep
    shared: tuple[int, ...]


def shape(flag: Flag) -> Shape:
    """Return the shape of a flag for which `fast_path` made a function."""
    writer = Writer([flag], flag.decide, reads_first=True)
    body = writer.body(flag, "results[key] = variant; continue", "raise Exception")
    sweep = function(_SWEEP.format(names=writer.names, reads="".join(writer.reads), body=body))
    return Shape(cast("Sweep", sweep), tuple(writer.shared))
