"""Condition: where a value is found and the test it must pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flagd.condition.text import elements, text
from flagd.engine.operator import predicate
from flagd.engine.shared import LARGEST
from flagd.engine.variant import Variant
from flagd.ruleset.cohort import sees_every_cohort

if TYPE_CHECKING:
    from flagd.ruleset import Cohort

Results = Mapping[str, Variant]
"""Variants of the flags evaluated before, by flag key."""

Read = Callable[[Any, Results], object]
"""Finds a value in a context and results; None where there is none."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a segment, ready to run.

    Attributes:
        lists: the cohorts that it names and that are made from a list, with their ids.
    """

    selector: tuple[str, ...]
    op: str
    values: tuple[str, ...]
    read: Read
    test: Callable[[object], bool]
    lists: tuple[tuple[str, Cohort], ...] = ()

    def holds(self, context: object, results: Results) -> bool:
        """Return whether the value found passes the test."""
        return self.test(self.read(context, results))


def make_condition(raw: Mapping[str, Any], cohorts: Mapping[str, Cohort]) -> Condition:
    """Return the condition that `raw`, an EvaluationCondition, describes."""
    selector, values = texts(raw["selector"]), texts(raw["values"])
    op = raw["op"]
    if selector[-1:] != ("cohort_ids",):
        return (_known if len(values) <= LARGEST else _plain)(selector, op, values)
    read = _cohort_reader(selector, cohorts if sees_every_cohort(op, values) else values, cohorts)
    lists = tuple((name, found) for name in values if (found := cohorts.get(name)) and found.listed)
    return Condition(selector, op, values, read, predicate(op, values), lists)


def _plain(selector: tuple[str, ...], op: str, values: tuple[str, ...]) -> Condition:
    return Condition(selector, op, values, reader(selector), predicate(op, values))


_known = lru_cache(maxsize=4096)(_plain)
"""Flags of a project repeat conditions."""


_TEXT = {str}


def _is_text(item: object) -> bool:
    return isinstance(item, str)


def texts(found: object) -> tuple[str, ...]:
    """Return `found`, which must be a list of strings, or raise TypeError."""
    if not isinstance(found, list | tuple) or not ({*map(type, found)} <= _TEXT or all(map(_is_text, found))):
        raise TypeError(f"expected a list of strings, found {found!r:.80}")
    return tuple(found)


@lru_cache(maxsize=4096)
def reader(selector: tuple[str, ...]) -> Read:
    """Return what finds the value at `selector`. An empty path or name finds nothing."""
    match selector:
        case ("context", *names) if all(names):
            return lambda context, _results: _walk(context, names)
        case ("result", flag_key, *names) if all(names):
            return lambda _context, results: _walk(_as_dict(results.get(flag_key)), names)
    return lambda _context, _results: None


def _as_dict(variant: Variant | None) -> dict[str, Any] | None:
    return variant.as_dict() if variant else None


def _walk(found: object, names: list[str]) -> object:
    for name in names:
        if not isinstance(found, dict | Mapping):
            return None
        found = found.get(name)
    return found


def _cohort_reader(selector: tuple[str, ...], names: Iterable[str], cohorts: Mapping[str, Cohort]) -> Read:
    """Return what finds the request's cohort ids and those, of `names`, whose list holds the user or group."""
    ids = reader(selector)
    match selector:
        case ("context", "user", _):
            unit, name = "User", "user_id"
        case ("context", "groups", unit, _):
            name = "group_name"
        case _:
            return ids
    owner = reader((*selector[:-1], name))
    lists = [(value, cohorts[value].members) for value in names if value in cohorts and cohorts[value].unit == unit]

    def read(context: object, results: Results) -> object:
        member = text(owner(context, results))
        joined = [] if member is None else [cohort_id for cohort_id, members in lists if member in members]
        given = ids(context, results)
        return [*(elements(given) or ()), *joined] if joined else given

    return read if lists else ids
