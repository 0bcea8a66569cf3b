"""Translation: one RE2 pattern, element by element, as a pattern of JavaScript and Python that finds the same.

Only what is listed here is translated. Found or not is all that conditions ask, so captures and greed mean nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from flagd.condition.pattern import Pattern, PatternError
from flagd.dialect.charset import characters, literal, spellings, written
from flagd.hashing import utf8

LONGEST = 65_536
"""Characters of a translated pattern, its repetitions written out: both engines take more, but not much more."""
DEEPEST = 50
"""Groups within groups; Python's parser is recursive."""

_WORD = "[0-9A-Za-z_]"
_END_OF_TEXT = r"$(?!\n)"
_EDGES = {
    r"\A": "^",
    r"\z": _END_OF_TEXT,
    r"\b": f"(?:(?<!{_WORD})(?={_WORD})|(?<={_WORD})(?!{_WORD}))",
}
_LINE_START, _LINE_END = r"(?:^|(?<=\n))", r"(?=\n|$)"
_GROUP = re.compile(r"\((?:\?P?<\w+>)?(?!\?)")
_FLAGGED = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_REPETITION = re.compile(r"(?:([*+?])|\{(\d+)(,(\d*))?\})(\?)?")
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|[0-7]{1,3}|[pP]\{[^}]*\}|[pP].|[dswDSWaftnrv]|[^0-9A-Za-z])", re.DOTALL
)
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\[pP]\{[^}]*\}|\\x\{[0-9A-Fa-f]+\}|\\.|[^\\\]])*\]", re.DOTALL)


class Untranslatable(ValueError):
    """There is no pattern that both engines read so. The text names the element and says why."""


@lru_cache(maxsize=4096)
def translate(pattern: str) -> str:
    """Return a pattern that JavaScript (ES2018, no flags) and Python find where RE2 finds `pattern`.

    Raises:
        Untranslatable: it has an element that cannot be written for both, or takes too much space.
    """
    try:
        Pattern(pattern)
    except PatternError as error:
        raise Untranslatable(f"it is not a pattern of RE2: {error}") from None
    found = _Translation(utf8(pattern).decode()).run()
    try:
        re.compile(found)
    except (re.error, RecursionError, OverflowError) as error:
        raise Untranslatable(f"Python refuses `{found:.100}`: {error}") from None
    return found


@dataclass(slots=True)
class _Group:
    opened: str
    flags: frozenset[str]
    parts: list[tuple[str, int]] = field(default_factory=list)
    """What is written, each with its length when repetitions are written out."""

    @property
    def size(self) -> int:
        return sum(size for _, size in self.parts)

    def text(self) -> str:
        return "".join(part for part, _ in self.parts)


class _Translation:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._groups = [_Group("", frozenset())]

    def run(self) -> str:
        while self._at < len(self._pattern):
            self._step()
        (whole,) = self._groups
        return whole.text()

    def _step(self) -> None:
        char = self._pattern[self._at]
        reader = {"(": self._open, ")": self._close, "|": self._or, "\\": self._escaped, "[": self._set}.get(char)
        if reader is not None:
            reader()
        elif char in ".^$":
            self._at += 1
            self._put({"^": self._line_start, "$": self._line_end}.get(char, self._any)())
        elif char in "*+?{" and (repeated := self._take(_REPETITION)):
            self._repeat(repeated)
        else:
            self._at += 1
            self._literal(char)

    def _take(self, element: re.Pattern[str]) -> re.Match[str] | None:
        match = element.match(self._pattern, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def _put(self, part: str) -> None:
        self._add(part, len(part))

    def _add(self, part: str, size: int) -> None:
        self._groups[-1].parts.append((part, size))
        if sum(group.size for group in self._groups) > LONGEST:
            raise Untranslatable(f"it takes more than {LONGEST:,} characters there, repetitions written out")

    def _open(self) -> None:
        flags = self._groups[-1].flags
        if self._take(_GROUP):
            self._groups.append(_Group("(?:", flags))
        elif match := self._take(_FLAGGED):
            flags = (flags | frozenset(match[1])) - frozenset(match[2] or "")
            if match[3] == ")":
                self._groups[-1].flags = flags
            else:
                self._groups.append(_Group("(?:", flags))
        else:
            raise self._unknown()
        if len(self._groups) > DEEPEST:
            raise Untranslatable(f"its groups are nested deeper than {DEEPEST}")

    def _close(self) -> None:
        self._at += 1
        group = self._groups.pop()
        self._add(f"{group.opened}{group.text()})", group.size + len("(?:)"))

    def _or(self) -> None:
        self._at += 1
        self._put("|")

    def _repeat(self, found: re.Match[str]) -> None:
        part, size = self._groups[-1].parts.pop()
        sign, low, comma, high, lazy = found.groups()
        amount = sign or f"{{{low}{',' if comma else ''}{high or ''}}}"
        times = 1 if sign else int(high or low) + (comma is not None and not high)
        one = part if (len(part) == 1 and part.isalnum()) or part.startswith(("[", "(?:")) else f"(?:{part})"
        self._add(f"{one}{amount}{lazy or ''}", (size + len("(?:)")) * max(times, 1))

    def _escaped(self) -> None:
        edge = _EDGES.get(self._pattern[self._at : self._at + 2])
        if edge is not None:
            self._at += 2
            self._put(edge)
        elif match := self._take(_QUOTED):
            for char in match[1]:
                self._literal(char)
        elif match := self._take(_ESCAPE):
            self._put(self._characters(match[0]))
        else:
            raise self._unknown()

    def _set(self) -> None:
        match = self._take(_CLASS)
        if match is None:
            raise self._unknown()
        self._put(self._characters(match[0]))

    def _characters(self, element: str) -> str:
        return written(characters(element, "i" if "i" in self._flags else ""))

    def _literal(self, char: str) -> None:
        self._put(written(spellings(char)) if "i" in self._flags else literal(char))

    def _any(self) -> str:
        return written(characters(".", "s" if "s" in self._flags else ""))

    def _line_start(self) -> str:
        return _LINE_START if "m" in self._flags else "^"

    def _line_end(self) -> str:
        return _LINE_END if "m" in self._flags else _END_OF_TEXT

    @property
    def _flags(self) -> frozenset[str]:
        return self._groups[-1].flags

    def _unknown(self) -> Untranslatable:
        element = self._pattern[self._at : self._at + 2]
        return Untranslatable(f"`{element}` cannot be written for JavaScript and Python")
