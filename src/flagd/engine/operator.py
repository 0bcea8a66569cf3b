"""Operators: the comparison of a condition as one predicate over the value found.

Source of the rules: Amplitude's public evaluation engines; where those differ, docs/concepts.md says what holds here.
"""

from __future__ import annotations

import operator
import re
from itertools import product
from math import isfinite
from typing import TYPE_CHECKING, Any

from flagd.engine.text import elements, text
from flagd.pattern import Pattern, PatternError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NONE = "(none)"
"""The filter value that stands for a missing property."""

_NUMBER = re.compile(r"[ \t\n\r\f\v]*+([+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)[ \t\n\r\f\v]*+", re.ASCII)
_VERSION = re.compile(r"(\d++)\.(\d++)(?:\.(\d++)(?:-((?:[-\w]++(?:\.[-\w]++)*+\.?)?))?)?", re.ASCII)
_CASES = {
    word: frozenset(map("".join, product(*((letter, letter.upper()) for letter in word)))) for word in ("true", "false")
}
_NEGATIONS = {
    "is not": "is",
    "does not contain": "contains",
    "regex does not match": "regex match",
    "set is not": "set is",
    "set does not contain": "set contains",
    "set does not contain any": "set contains any",
}
_NEVER_NULL = ("regex match", "regex does not match", "set is not")


def predicate(op: str, values: Iterable[str]) -> Callable[[object], bool]:
    """Return the test of a value, null included, against the filter `values`. An unknown `op` is never true."""
    positive = _NEGATIONS.get(op, op)
    negated = positive != op
    filters = sorted(set(values))
    on_null = (NONE in filters and op not in _NEVER_NULL) != negated
    if positive in _SETS:
        return _over_list(_SETS[positive](filters), negated, on_null)
    if positive in _TEXTS:
        return _over_text(_TEXTS[positive](filters), negated, on_null)
    return lambda value: False  # noqa: ARG005


def accepted(values: Iterable[str]) -> frozenset[str]:
    """Return the texts that ``is`` accepts: the `values`, and true and false in any case where they are among them."""
    texts = frozenset(values)
    return texts.union(*(_CASES[word] for word in {text.lower() for text in texts} & _CASES.keys()))


def _over_list(holds: Callable[[list[str]], bool], negated: bool, on_null: bool) -> Callable[[object], bool]:
    def test(value: object) -> bool:
        if value is None:
            return on_null
        found = elements(value)
        return found is not None and holds(found) != negated

    return test


def _over_text(holds: Callable[[str], bool], negated: bool, on_null: bool) -> Callable[[object], bool]:
    def test(value: object) -> bool:
        found = elements(value)
        if found is not None:
            return any(holds(element) != negated for element in found)
        single = text(value)
        return on_null if single is None else holds(single) != negated

    return test


def _is(filters: list[str]) -> Callable[[str], bool]:
    return accepted(filters).__contains__


def _contains(filters: list[str]) -> Callable[[str], bool]:
    lowered = [value.lower() for value in filters]

    def holds(found: str) -> bool:
        lower = found.lower()
        return any(value in lower for value in lowered)

    return holds


def _regex(filters: list[str]) -> Callable[[str], bool]:
    patterns = []
    for value in filters:
        try:
            patterns.append(Pattern(value))
        except PatternError:  # refused at admission; here it matches nothing
            continue
    return lambda found: any(pattern.found_in(found) for pattern in patterns)


def _ordered(parse: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Callable[..., Callable[[str], bool]]:
    def build(filters: list[str]) -> Callable[[str], bool]:
        parsed = [number for number in map(parse, filters) if number is not None]

        def holds(found: str) -> bool:
            number = parse(found) if parsed else None
            if number is None:
                return any(compare(found, value) for value in filters)
            return any(compare(number, value) for value in parsed)

        return holds

    return build


def _set_is(filters: list[str]) -> Callable[[list[str]], bool]:
    wanted = set(filters)
    return lambda found: wanted == set(found)


def _set_contains(filters: list[str]) -> Callable[[list[str]], bool]:
    def holds(found: list[str]) -> bool:
        return len(set(found)) >= len(filters) and accepted(found).issuperset(filters)

    return holds


def _set_contains_any(filters: list[str]) -> Callable[[list[str]], bool]:
    wanted = accepted(filters)
    return lambda found: not wanted.isdisjoint(found)


def _number(found: str) -> float | None:
    match = _NUMBER.fullmatch(found)
    number = float(match[1]) if match else None
    return number if number is not None and isfinite(number) else None


def _version(found: str) -> tuple[object, ...] | None:
    """Return what orders versions: numbers by length and digits, as they may be long, then pre-releases before releases."""
    match = _VERSION.fullmatch(found)
    if match is None:
        return None
    numbers = [(part or "").lstrip("0") for part in match.group(1, 2, 3)]
    pre_release = match[4]
    return *((len(number), number) for number in numbers), pre_release is None, pre_release or ""


_TEXTS: dict[str, Callable[[list[str]], Callable[[str], bool]]] = {
    "is": _is,
    "contains": _contains,
    "regex match": _regex,
    "less": _ordered(_number, operator.lt),
    "less or equal": _ordered(_number, operator.le),
    "greater": _ordered(_number, operator.gt),
    "greater or equal": _ordered(_number, operator.ge),
    "version less": _ordered(_version, operator.lt),
    "version less or equal": _ordered(_version, operator.le),
    "version greater": _ordered(_version, operator.gt),
    "version greater or equal": _ordered(_version, operator.ge),
}
_SETS: dict[str, Callable[[list[str]], Callable[[list[str]], bool]]] = {
    "set is": _set_is,
    "set contains": _set_contains,
    "set contains any": _set_contains_any,
}
