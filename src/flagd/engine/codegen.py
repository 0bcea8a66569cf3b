"""Codegen: the fast path of a flag, a Python function written for the flag's shape.

One function of plain comparisons is what CPython runs fastest. Its text depends on the shape alone (how
many segments, conditions and attributes, and of which kind), so that flags of one shape share one code
object. What a flag says, names and salts included, is bound as default arguments and never becomes source.
The function knows usual contexts only, objects of texts; all else, and whatever raises, it leaves to
`Flag.decide` (its argument c0), which gives the same answers.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, cast

from flagd.condition.text import elements, text
from flagd.engine.operator import accepted, bound
from flagd.hashing import murmur3

if TYPE_CHECKING:
    from flagd.engine.bucket import BucketTable
    from flagd.engine.condition import Condition
    from flagd.engine.flag import Decide, Flag, Segment

_MAX_PARTS = 200
_EQUALITY = {"is": ("==", "in"), "is not": ("!=", "not in")}


def fast_path(flag: Flag) -> Decide:
    """Return a function that answers as `flag.decide` does, only faster, unless the flag is large."""
    conditions = [part for segment in flag.segments for every in segment.any_of or () for part in every]
    if len(conditions) + len(flag.segments) > _MAX_PARTS:
        return flag.decide
    writer = _Writer(flag, conditions)
    for segment in flag.segments:
        writer.write_segment(segment)
    code = _compile(len(writer.constants), "".join(writer.lines))
    return cast("Decide", FunctionType(code, _GLOBALS, "decide", tuple(writer.constants)))


class _Writer:
    """Writes the body line by line and collects the constants that it binds."""

    def __init__(self, flag: Flag, conditions: list[Condition]) -> None:
        self.lines: list[str] = []
        self.constants: list[object] = [flag.decide]
        self._locals: dict[object, str] = {}
        self._plain: dict[tuple[str, ...], set[str | None]] = {}  # by selector, texts known to be no lists
        for part in conditions:
            if part.op in _EQUALITY:
                known = self._plain.setdefault(part.selector, {None})
                known.update(value for value in part.values if not value.startswith("["))

    def write_segment(self, segment: Segment) -> None:
        table = segment.table
        hashed = self._value(table.selector) if table else None
        indent = ""
        if segment.any_of is not None:
            sets = [" and ".join(map(self._condition, every)) or "True" for every in segment.any_of]
            self._line(f"if {' or '.join(sets) or 'False'}:")
            indent = " "
        if table and hashed:
            self._write_bucket(table, hashed, indent)
        else:
            decide = self._bind(table.outcome) + "(context, results)" if table else None
            self._write_result(decide or self._bind(segment.outcome), indent)

    def _write_bucket(self, table: BucketTable, value: str, indent: str) -> None:
        salted = f"{self._bind(f'{table.salt}/')} + {value}"
        self._line(f"{indent}if {value}.__class__ is str and {value}:")
        self._line(f"{indent} h = murmur3({salted} if {value}.isascii() else ({salted}).encode(), 0, False)")
        if len(table.rows) == 1:
            edges, outcomes = map(self._bind, table.rows[0])
        else:
            self._line(f"{indent} edges, outcomes = {self._bind(table.rows)}[{self._bind(table.index)}[h % 100]]")
            edges, outcomes = "edges", "outcomes"
        self._write_result(f"{outcomes}[bisect_right({edges}, h)]", f"{indent} ")
        self._line(f"{indent}elif {value} is not None: return c0(context, results)")
        self._line(f"{indent}else:")
        self._write_result(self._bind(table.unhashed), f"{indent} ")

    def _write_result(self, expression: str, indent: str) -> None:
        self._line(f"{indent}variant = {expression}")
        self._line(f"{indent}if variant is not None: return variant")

    def _condition(self, part: Condition) -> str:
        value = self._value(part.selector)
        if value is None or part.selector[-1] == "cohort_ids":
            return f"{self._bind(part.holds)}(context, results)"
        if part.op not in _EQUALITY:
            return self._order(part, value) or f"{self._bind(part.test)}({value})"
        wanted: frozenset[str | None] = accepted(part.values)
        if part.test(None) == (part.op == "is"):
            wanted |= {None}
        one, many = _EQUALITY[part.op]
        compared = f"{one} {self._bind(*wanted)}" if len(wanted) == 1 else f"{many} {self._bind(wanted)}"
        return f"{self._text(part.selector, value)} {compared}"

    def _order(self, part: Condition, value: str) -> str | None:
        if (known := bound(part.op, part.values)) is None:
            return None
        comparable, sign, limit = known
        found = self._local((comparable, value), f"{{}}({value})", comparable)
        on_null = f"{found} is None or" if part.test(None) else f"{found} is not None and"
        return f"({on_null} {found} {sign} {self._bind(limit)})"

    def _value(self, selector: tuple[str, ...]) -> str | None:
        """Return the local that holds the value at `selector`, read where it is first needed; None = none can."""
        known = self._locals.get(selector)
        if known or len(selector) < 2 or selector[0] != "context" or not all(selector):
            return known
        parent = self._value(selector[:-1])
        owner = self._local(("object", parent), f"{parent} or NOTHING") if parent else "context"
        return self._local(selector, f"{owner}.get({{}})", selector[-1])

    def _text(self, selector: tuple[str, ...], value: str) -> str:
        """Return the local that holds the text of a value that is not a list."""
        plain = f'{value} in {{}} or {value}.__class__ is str and not "[" <= {value} < "\\\\"'
        return self._local(("text", value), f"{value} if {plain} else plain_text({value})", self._plain[selector])

    def _local(self, name: object, expression: str, *constants: object) -> str:
        if name not in self._locals:
            self._locals[name] = f"v{len(self._locals)}"
            self._line(f"{self._locals[name]} = {expression.format(*map(self._bind, constants))}")
        return self._locals[name]

    def _bind(self, constant: object) -> str:
        self.constants.append(constant)
        return f"c{len(self.constants) - 1}"

    def _line(self, line: str) -> None:
        self.lines.append(f"  {line}\n")


@lru_cache(maxsize=4096)
def _compile(constants: int, body: str) -> CodeType:
    parameters = ", ".join(["context", "results", *(f"c{number}" for number in range(constants))])
    guarded = f" try:\n{body}  return None\n except Exception: return c0(context, results)\n"
    module = compile(f"def decide({parameters}):\n{guarded}", "<flag>", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def _plain_text(value: object) -> str | None:
    if elements(value) is not None:
        raise TypeError("a list is compared by its elements, on the slow path")
    return text(value)


_GLOBALS: dict[str, object] = {
    "NOTHING": {},
    "bisect_right": bisect_right,
    "murmur3": murmur3,
    "plain_text": _plain_text,
    "__builtins__": {"Exception": Exception, "str": str},
}
