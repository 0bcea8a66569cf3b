"""Source: the fast path of a flag, as a Python function written for the shape of the flag.

One function of plain comparisons is what CPython runs fastest. Its text depends on the shape alone
(how many segments, conditions and attributes, and of which kind); all that a flag says, names and
salts included, is bound as default arguments and never becomes source. Flags of one shape share one
code object. The function knows usual contexts only: objects of texts. Whatever else it meets, and
whatever raises, it leaves to the slow path, `Flag.decide`, which must give the same answers.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, cast

from flagd.engine.operator import accepted
from flagd.engine.text import elements, text
from flagd.hashing import murmur3, utf8

if TYPE_CHECKING:
    from flagd.engine.bucket import BucketTable
    from flagd.engine.condition import Condition
    from flagd.engine.flag import Decide, Flag, Segment

_MAX_CONDITIONS = 200
_EQUALITY = ("is", "is not")


def decide_function(flag: Flag) -> Decide:
    """Return the fastest function that answers as `flag.decide` does."""
    conditions = [part for segment in flag.segments for parts in segment.alternatives or () for part in parts]
    if len(conditions) + len(flag.segments) > _MAX_CONDITIONS:
        return flag.decide
    known: dict[tuple[str, ...], set[str | None]] = {}
    for part in conditions:
        if part.op in _EQUALITY:
            known.setdefault(part.selector, {None}).update(text for text in part.values if not text.startswith("["))
    writer = _Writer(flag, known)
    for segment in flag.segments:
        writer.segment(segment)
    code = _code(writer.parameters(), "".join(writer.lines))
    return cast("Decide", FunctionType(code, _NAMES, "decide", tuple(writer.constants)))


class _Writer:
    """Writes the body line by line and collects what it binds."""

    def __init__(self, flag: Flag, known: dict[tuple[str, ...], set[str | None]]) -> None:
        self.lines: list[str] = []
        self.constants: list[object] = [flag.decide]
        self._known = known
        self._locals: dict[tuple[str, ...], str] = {("context",): "context"}

    def parameters(self) -> str:
        return "".join(f", c{number}" for number in range(len(self.constants)))

    def segment(self, segment: Segment) -> None:
        indent = ""
        value = None if segment.bucket is None else self._local(segment.bucket.selector)
        if segment.alternatives is not None:
            sets = [" and ".join(map(self._condition, parts)) or "True" for parts in segment.alternatives]
            self._line(f"if {' or '.join(sets) or 'False'}:")
            indent = " "
        if segment.bucket is not None:
            self._bucket(segment.bucket, value, indent)
        elif segment.outcome is not None:
            self._line(f"{indent}return {self._bind(segment.outcome)}")
        elif indent:
            self._line(f"{indent}pass")

    def _condition(self, part: Condition) -> str:
        local = self._local(part.selector)
        if local is None or part.selector[-1] == "cohort_ids":
            return f"{self._bind(part.holds)}(context, results)"
        if part.op not in _EQUALITY:
            return f"{self._bind(part.test)}({local})"
        texts: frozenset[str | None] = accepted(part.values)
        if part.test(None) == (part.op == "is"):
            texts |= {None}
        text = self._plain(part.selector, local)
        if len(texts) == 1:
            return f"{text} {'==' if part.op == 'is' else '!='} {self._bind(*texts)}"
        return f"{text} {'in' if part.op == 'is' else 'not in'} {self._bind(texts)}"

    def _bucket(self, table: BucketTable, local: str | None, indent: str) -> None:
        if local is None:
            self._result(f"{self._bind(table.outcome)}(context, results)", table, indent)
            return
        self._line(f"{indent}if {local}.__class__ is str and {local}:")
        salted = f"{self._bind(utf8(table.salt + '/').decode())} + {local}"
        self._line(f"{indent} h = murmur3({salted} if {local}.isascii() else ({salted}).encode(), 0, False)")
        if len(table.rows) == 1:
            edges, outcomes = map(self._bind, table.rows[0])
            self._result(f"{outcomes}[bisect_right({edges}, h)]", table, indent + " ")
        else:
            self._line(f"{indent} e, o = {self._bind(table.rows)}[{self._bind(table.index)}[h % 100]]")
            self._result("o[bisect_right(e, h)]", table, indent + " ")
        self._line(f"{indent}elif {local} is None:")
        self._result(self._bind(table.otherwise), table, indent + " ")
        self._line(f"{indent}else: return c0(context, results)")

    def _result(self, expression: str, table: BucketTable, indent: str) -> None:
        outcomes = {table.otherwise, *(outcome for _, outcomes in table.rows for outcome in outcomes)}
        if None not in outcomes:
            self._line(f"{indent}return {expression}")
            return
        self._line(f"{indent}r = {expression}")
        self._line(f"{indent}if r is not None: return r")

    def _local(self, selector: tuple[str, ...]) -> str | None:
        """Return the local variable with the value at `selector`, read where it is first used; None = none can be."""
        if len(selector) < 2 or selector[0] != "context" or not all(selector):
            return None
        known = self._locals.get(selector)
        if known is None:
            parent = self._object(selector[:-1])
            known = self._locals[selector] = f"v{len(self._locals)}"
            self._line(f"{known} = {parent}.get({self._bind(selector[-1])})")
        return known

    def _object(self, selector: tuple[str, ...]) -> str:
        local = self._local(selector)
        if local is None:
            return "context"
        known = f"{local}o"
        if self._locals.setdefault((*selector, ""), known) is known:
            self._line(f"{known} = {local} or NOTHING")
        return known

    def _plain(self, selector: tuple[str, ...], local: str) -> str:
        known = f"{local}t"
        if self._locals.setdefault(("", *selector), known) is known:
            bracketed = f'"[" <= {local} < "\\\\"'
            plain = f"{local} in {self._bind(self._known[selector])} or {local}.__class__ is str and not {bracketed}"
            self._line(f"{known} = {local} if {plain} else plain({local})")
        return known

    def _bind(self, constant: object) -> str:
        self.constants.append(constant)
        return f"c{len(self.constants) - 1}"

    def _line(self, line: str) -> None:
        self.lines.append(f"  {line}\n")


@lru_cache(maxsize=4096)
def _code(parameters: str, body: str) -> CodeType:
    source = f"def decide(context, results{parameters}):\n try:\n{body}  return None\n except Exception: return c0(context, results)\n"
    module = compile(source, "<flag>", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def _plain_text(value: object) -> str | None:
    """Return the text of `value`.

    Raises:
        TypeError: it is a list, which only the slow path compares.
    """
    if elements(value) is not None:
        raise TypeError("a list")
    return text(value)


_NAMES: dict[str, Any] = {
    "NOTHING": {},
    "bisect_right": bisect_right,
    "murmur3": murmur3,
    "plain": _plain_text,
    "__builtins__": {"Exception": Exception, "str": str},
}
