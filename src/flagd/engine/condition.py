"""Condition: where a value is found and the test it must pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.engine.operator import predicate
from flagd.engine.text import elements, text
from flagd.engine.variant import Variant

if TYPE_CHECKING:
    from flagd.ruleset import Cohort

Results = Mapping[str, Variant]
"""Variants of the flags evaluated before, by flag key."""

Read = Callable[[Any, Results], object]
"""Finds a value in a context and results; None where there is none."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a segment, ready to run."""

    selector: tuple[str, ...]
    op: str
    values: tuple[str, ...]
    read: Read
    test: Callable[[object], bool]

    def holds(self, context: object, results: Results) -> bool:
        """Return whether the value found passes the test."""
        return self.test(self.read(context, results))


def condition(raw: Mapping[str, Any], cohorts: Mapping[str, Cohort]) -> Condition:
    """Return the condition that `raw`, an EvaluationCondition, describes.

    Raises:
        TypeError, ValueError, LookupError: `raw` is malformed.
    """
    selector, op, values = path(raw["selector"]), raw["op"], path(raw["values"])
    read = _cohort_reader(selector, values, cohorts) if selector[-1:] == ("cohort_ids",) else reader(selector)
    return Condition(selector, op, values, read, predicate(op, values))


def path(texts: object) -> tuple[str, ...]:
    """Return a list of texts as a tuple.

    Raises:
        TypeError: it is anything else.
    """
    if not isinstance(texts, list | tuple) or not all(isinstance(item, str) for item in texts):
        raise TypeError(f"expected a list of texts, found {texts!r:.80}")
    return tuple(texts)


def reader(selector: tuple[str, ...]) -> Read:
    """Return what finds the value at `selector`. An empty path or name finds nothing."""
    if not all(selector):
        return lambda _context, _results: None
    match selector:
        case ("context", *names):
            return lambda context, _results: _walk(context, names)
        case ("result", *names):
            return lambda _context, results: _walk(results, names)
    return lambda _context, _results: None


def _walk(found: object, names: list[str]) -> object:
    for name in names:
        if isinstance(found, Variant):
            found = found.as_dict()
        if not isinstance(found, (dict, Mapping)):
            return None
        found = found.get(name)
    return found.as_dict() if isinstance(found, Variant) else found


def _cohort_reader(selector: tuple[str, ...], values: tuple[str, ...], cohorts: Mapping[str, Cohort]) -> Read:
    """Return what finds the cohort ids of the request and those, of `values`, whose list holds the user or group."""
    ids = reader(selector)
    match selector:
        case ("context", "user", _):
            unit, name = "User", reader(("context", "user", "user_id"))
        case ("context", "groups", unit, _):
            name = reader(("context", "groups", unit, "group_name"))
        case _:
            return ids
    named = [(value, cohorts[value].members) for value in values if value in cohorts and cohorts[value].unit == unit]
    if not named:
        return ids

    def read(context: object, results: Results) -> object:
        member = text(name(context, results))
        joined = [cohort_id for cohort_id, members in named if member in members]
        given = ids(context, results)
        return [*(elements(given) or ()), *joined] if joined else given

    return read
