"""Operators: the comparison of a condition as one predicate over the value found.

Source of the rules: Amplitude's public evaluation engines. Where those differ, ours follow docs/manifests.md.
"""

from __future__ import annotations

import operator
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from flagd.condition.comparable import kept_number, kept_version, number_of, parse_number, parse_version, version_of
from flagd.condition.pattern import Pattern, PatternError
from flagd.condition.text import elements, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Comparable = tuple[Callable[[str], Any], Callable[[object], Any]]

NONE = "(none)"
"""The filter value that stands for a missing property."""

_NEGATIONS = {
    "is not": "is",
    "does not contain": "contains",
    "regex does not match": "regex match",
    "set is not": "set is",
    "set does not contain": "set contains",
    "set does not contain any": "set contains any",
}
_BLIND_TO_NONE = ("regex match", "regex does not match")
"""Where it is a pattern."""


def predicate(op: str, values: Iterable[str]) -> Callable[[object], bool]:
    """Return the test of a value, null included, against the filter `values`. An unknown `op` never holds."""
    positive = _NEGATIONS.get(op, op)
    negated = positive != op
    filters = sorted(set(values))
    on_null = (NONE in filters and op not in _BLIND_TO_NONE) != negated
    if positive in _OF_TEXTS:
        return partial(_some_text, _OF_TEXTS[positive](filters), negated, on_null)
    if positive in _OF_LISTS:
        return partial(_list, _OF_LISTS[positive](filters), negated, on_null)
    return _never


def bound(op: str, values: Iterable[str]) -> tuple[Comparable, str, Any] | None:
    """Return how an operator that orders compares: what makes a value comparable, the sign, the one bound that decides.

    What makes a value comparable, the first of two for short texts, which it parses once, returns None for null, for
    lists, and where texts have to be compared.
    None where `op` does not order, or none of `values` is comparable.
    """
    if op not in _ORDERS:
        return None
    parse, _, sign, decisive = _ORDERS[op]
    parsed = [value for value in map(parse, values) if value is not None]
    return (_COMPARABLE[parse], sign, decisive(parsed)) if parsed else None


def compared_as(op: str, values: Sequence[str], value: object) -> tuple[str, str]:
    """Return how `value` is compared by an operator that orders: as ``numbers``, ``versions`` or ``text``.

    With ``text``, the second is what is not a number or a version: the value, or the first of `values` where none is.
    Both are empty where `op` does not order, and for null and lists.
    """
    single = None if op not in _ORDERS or elements(value) is not None else text(value)
    if single is None:
        return "", ""
    parse = _ORDERS[op][0]
    if not any(parse(each) is not None for each in values):
        return "text", next(iter(values), "")
    if parse(single) is None:
        return "text", single
    return ("versions" if parse is parse_version else "numbers"), ""


def accepted(values: Iterable[str]) -> frozenset[str]:
    """Return what ``is`` accepts: the `values`; where true or false is among them, that word in any case."""
    texts = frozenset(values)
    words = {value.lower() for value in texts} & {"true", "false"}
    if not words:
        return texts
    return texts.union(*(map("".join, product(*zip(word, word.upper(), strict=True))) for word in words))


def _some_text(holds: Callable[[str], bool], negated: bool, on_null: bool, value: object) -> bool:
    found = elements(value)
    if found is not None:
        return any(holds(element) != negated for element in found)
    single = text(value)
    return on_null if single is None else holds(single) != negated


def _list(holds: Callable[[list[str]], bool], negated: bool, on_null: bool, value: object) -> bool:
    if value is None:
        return on_null
    found = elements(value)
    return found is not None and holds(found) != negated


def _never(_value: object) -> bool:
    return False


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


def _ordered(op: str, filters: list[str]) -> Callable[[str], bool]:
    parse, compare, _, decisive = _ORDERS[op]
    if not filters:
        return _never
    parsed = [value for value in map(parse, filters) if value is not None]
    limit, text_limit = decisive(parsed) if parsed else None, decisive(filters)

    def holds(found: str) -> bool:
        value = None if limit is None else parse(found)
        return compare(found, text_limit) if value is None else compare(value, limit)

    return holds


def _set_is(filters: list[str]) -> Callable[[list[str]], bool]:
    wanted = set(filters)
    return lambda found: wanted == set(found)


def _set_contains(filters: list[str]) -> Callable[[list[str]], bool]:
    return lambda found: len(set(found)) >= len(filters) and accepted(found).issuperset(filters)


def _set_contains_any(filters: list[str]) -> Callable[[list[str]], bool]:
    wanted = accepted(filters)
    return lambda found: not wanted.isdisjoint(found)


# By operator: what makes a text comparable, the comparison and its sign, and which of several filters decides.
_ORDERS: dict[str, tuple[Callable[[str], Any], Callable[[Any, Any], bool], str, Callable[[list[Any]], Any]]] = {
    "less": (parse_number, operator.lt, "<", max),
    "less or equal": (parse_number, operator.le, "<=", max),
    "greater": (parse_number, operator.gt, ">", min),
    "greater or equal": (parse_number, operator.ge, ">=", min),
    "version less": (parse_version, operator.lt, "<", max),
    "version less or equal": (parse_version, operator.le, "<=", max),
    "version greater": (parse_version, operator.gt, ">", min),
    "version greater or equal": (parse_version, operator.ge, ">=", min),
}
_OF_TEXTS: dict[str, Callable[[list[str]], Callable[[str], bool]]] = {
    "is": lambda filters: accepted(filters).__contains__,
    "contains": _contains,
    "regex match": _regex,
    **{op: partial(_ordered, op) for op in _ORDERS},
}
_OF_LISTS: dict[str, Callable[[list[str]], Callable[[list[str]], bool]]] = {
    "set is": _set_is,
    "set contains": _set_contains,
    "set contains any": _set_contains_any,
}
_COMPARABLE: dict[Callable[[str], Any], Comparable] = {
    parse_number: (kept_number, number_of),
    parse_version: (kept_version, version_of),
}
