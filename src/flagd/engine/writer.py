"""Writer: the text of functions that decide flags, for the shape of these flags.

The text depends on the shape alone (how many segments, conditions and attributes, and of which kind), so that flags of
one shape share one code object. What a flag says, names and salts included, is bound as default arguments and never
becomes source. What is written knows usual contexts only, objects of texts; it leaves all else to the slow path.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import chain
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from flagd.condition.comparable import LONGEST_KEPT
from flagd.condition.text import elements, text
from flagd.engine.operator import accepted, bound
from flagd.engine.shared import shared
from flagd.hashing import murmur3

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagd.engine.bucket import BucketTable
    from flagd.engine.condition import Condition
    from flagd.engine.flag import Flag, Segment

MAX_PARTS = 200
"""So many segments and conditions are written; of more, the text would take longer to compile than it saves."""
_EQUALITY = {"is": ("==", "in"), "is not": ("!=", "not in")}


def parts(flag: Flag) -> int:
    """Return how many segments and conditions a flag has."""
    return len(conditions(flag)) + len(flag.segments)


def conditions(flag: Flag) -> list[Condition]:
    """Return the conditions of all segments."""
    return [part for segment in flag.segments for every in segment.any_of or () for part in every]


def function(text: str, constants: Sequence[object] = ()) -> Any:  # noqa: ANN401
    """Return the function that `text` defines, its last arguments bound to `constants`."""
    return FunctionType(_compile(text), GLOBALS, argdefs=tuple(constants))


def _outcomes(table: BucketTable) -> tuple[object, ...]:
    """Return what is indexed by a hash: outcomes, or rows of them where there are several with edges."""
    if not any(edges for edges, _ in table.rows):
        return tuple(outcome for _, (outcome,) in table.rows)
    return table.rows if len(table.rows) > 1 else table.rows[0][1]


OWN: dict[str, Callable[[Any], object]] = {
    "salt": lambda segment: f"{segment.table.salt}/",
    "outcomes": lambda segment: _outcomes(segment.table),
    "unhashed": lambda segment: segment.table.unhashed,
    "decide": lambda segment: segment.table.outcome,
    "outcome": lambda segment: segment.outcome,
}
"""What is bound of a segment that flags of one shape and one set of conditions do not share."""


class Writer:
    """Writes what decides flags line by line and collects the constants that it binds, the same in a loop and without.

    Attributes:
        reads: what is read of the context, unless that is read where it is first needed.
        constants: what is bound as c0, c1, …
        shared: the positions of those that `reads` has.
        own: the positions of those that are a flag's own, with the number of its segment and the name in `OWN`.
    """

    def __init__(self, flags: Sequence[Flag], slow: object, *, reads_first: bool = False) -> None:
        """Prepare to write.

        Args:
            flags: those whose bodies are to be written.
            slow: takes, as c0, the contexts that what is written does not know.
            reads_first: whether `reads` come before the body, and not where they are needed.
        """
        self._lines: list[str] = []
        self.reads: list[str] = [] if reads_first else self._lines
        self.constants: list[object] = [slow]
        self.shared: list[int] = []
        self.own: list[tuple[int, int, str]] = []
        self._number = 0
        self._reads_first = reads_first
        self._hashes_once = len(flags) > 1
        self._locals: dict[object, str] = {}
        self._plain: dict[tuple[str, ...], set[str | None]] = {}  # by selector, texts known to be no lists
        for part in chain.from_iterable(map(conditions, flags)):
            if part.op in _EQUALITY:
                known = self._plain.setdefault(part.selector, {None})
                known.update(value for value in part.values if not value.startswith("["))

    def body(self, flag: Flag, give: str, leave: str) -> str:
        """Return what decides about one user.

        Args:
            flag: one of those to be written.
            give: the statement that is done with the local `variant`, which is never None.
            leave: the statement that takes the slow path.
        """
        start = len(self._lines)
        self._give, self._leave = give, leave
        for number, segment in enumerate(flag.segments):
            self._number = number
            self._write_segment(segment)
        return "".join(self._lines[start:])

    @property
    def names(self) -> str:
        """Names of the constants."""
        return ", ".join(f"c{number}" for number in range(len(self.constants)))

    def _write_segment(self, segment: Segment) -> None:
        table = segment.table
        hashed = self._value(table.selector) if table else None
        indent = ""
        if segment.any_of is not None:
            sets = [" and ".join(map(self._condition, every)) or "True" for every in segment.any_of]
            self._line(f"if {' or '.join(sets) or 'False'}:")
            indent = " "
        if table and hashed:
            self._write_bucket(segment, table, hashed, indent)
        else:
            decide = self._bind_own("decide", segment) + "(context, results)" if table else None
            self._write_result(decide or self._bind_own("outcome", segment), indent)

    def _write_bucket(self, segment: Segment, table: BucketTable, value: str, indent: str) -> None:
        salted = f"{self._bind_own('salt', segment)} + {value}"
        is_ascii, is_text = f"{value}.isascii()", f"{value}.__class__ is str and {value}"
        if self._reads_first:
            is_text = self._local(("is text", value), is_text)
            is_ascii = self._local(("is ascii", value), f"{is_text} and {is_ascii}")
        known = self._local(("hash", table.salt, value), "None") if self._hashes_once else ""
        unless_known = f"if {known} is not None: h = {known}\n    {indent} else: {known} = " if known else ""
        self._line(f"{indent}if {is_text}:")
        self._line(f"{indent} {unless_known}h = murmur3({salted} if {is_ascii} else ({salted}).encode(), 0, False)")
        self._write_result(self._row(segment, table), f"{indent} ")
        self._line(f"{indent}elif {value} is not None: {self._leave}")
        self._line(f"{indent}else:")
        self._write_result(self._bind_own("unhashed", segment), f"{indent} ")

    def _row(self, segment: Segment, table: BucketTable) -> str:
        """Return the expression for the outcome of the hash h."""
        outcomes = self._bind_own("outcomes", segment)
        if not any(edges for edges, _ in table.rows):
            return f"{outcomes}[{self._bind(table.index)}[h % 100]]"
        if len(table.rows) > 1:
            row = f"{outcomes}[{self._bind(table.index)}[h % 100]]"
            return f"(row := {row})[1][bisect_right(row[0], h)]"
        edges, _ = table.rows[0]
        if len(edges) == 1:
            return f"{outcomes}[h >= {self._bind(edges[0])}]"
        return f"{outcomes}[bisect_right({self._bind(edges)}, h)]"

    def _write_result(self, expression: str, indent: str) -> None:
        self._line(f"{indent}variant = {expression}")
        self._line(f"{indent}if variant is not None: {self._give}")

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
        compared = f"{one} {self._bind(*wanted)}" if len(wanted) == 1 else f"{many} {self._bind(shared(wanted))}"
        return f"{self._text(part.selector, value)} {compared}"

    def _order(self, part: Condition, value: str) -> str | None:
        if (known := bound(part.op, part.values)) is None:
            return None
        comparable, sign, limit = known
        short = f"{value}.__class__ is str and len({value}) <= {LONGEST_KEPT}"
        found = self._local((comparable, value), f"({{}} if {short} else {{}})({value})", *comparable)
        unless_null = f"{value} is None or" if part.test(None) else f"{value} is not None and"
        otherwise = f"{unless_null} {self._bind(part.test)}({value})"
        return f"({found} {sign} {self._bind(limit)} if {found} is not None else {otherwise})"

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
        if ("text", value) not in self._locals:
            plain = self._bind(shared(frozenset(self._plain[selector])))
            known = f"{value} is None" if self._reads_first else f"{value} in {plain}"
            usual = f'{known} or {value}.__class__ is str and not "[" <= {value} < "\\\\"'
            self._local(("text", value), f"{value} if {usual} else plain_text({value})")
        return self._locals["text", value]

    def _local(self, name: object, expression: str, *constants: object) -> str:
        found = self._locals.get(name)
        if found is None:
            found = self._locals[name] = f"v{len(self._locals)}"
            if constants:
                self.shared += range(len(self.constants), len(self.constants) + len(constants))
                expression = expression.format(*map(self._bind, constants))
            self.reads.append(f"    {found} = {expression}\n")
        return found

    def _bind_own(self, name: str, segment: Segment) -> str:
        self.own.append((len(self.constants), self._number, name))
        return self._bind(OWN[name](segment))

    def _bind(self, constant: object) -> str:
        self.constants.append(constant)
        return f"c{len(self.constants) - 1}"

    def _line(self, line: str) -> None:
        self._lines.append(f"    {line}\n")


@lru_cache(maxsize=4096)
def _compile(function: str) -> CodeType:
    module = compile(function, "<flag>", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def _plain_text(value: object) -> str | None:
    if elements(value) is not None:
        raise TypeError("a list is compared by its elements, on the slow path")
    return text(value)


GLOBALS: dict[str, object] = {
    "NOTHING": {},
    "bisect_right": bisect_right,
    "murmur3": murmur3,
    "plain_text": _plain_text,
    "__builtins__": {"Exception": Exception, "len": len, "str": str},
}
"""All that what is written can name, besides its arguments."""
