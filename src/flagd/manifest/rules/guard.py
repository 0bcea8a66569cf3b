"""Rules for guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding
from flagd.manifest.parts.duration import seconds
from flagd.manifest.parts.guard import BESIDE_QUERY
from flagd.manifest.rules.repetition import repeated
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagd.manifest.parts.guard import Comparison, RampGuard
    from flagd.manifest.path import FieldPath

LEAST_INTERVAL = 10
"""Seconds between two measurements at least."""
MARGINS = (1.0, 10.0)


def check_guards(guards: Sequence[RampGuard], path: FieldPath) -> Iterator[Finding]:
    """Yield what is wrong with `guards` at `path`."""
    yield from repeated([each.name for each in guards], path, "name")
    for index, guard in enumerate(guards):
        yield from _guard(guard, (*path, index))
        if guard.interval is not None and seconds(guard.interval) < LEAST_INTERVAL:
            text = f"{shown(guard.interval)} is too short; at least {LEAST_INTERVAL}s"
            yield Finding((*path, index, "interval"), "TooShort", text)


def _guard(guard: RampGuard, path: FieldPath) -> Iterator[Finding]:
    if (guard.prometheus is None) == (guard.compare is None):
        says = "says neither what is measured nor what is compared" if guard.compare is None else "says both"
        yield Finding(path, "AmbiguousGuard", f"{says}; write one of `prometheus` and `compare`")
    if guard.compare is not None:
        yield from _comparison(guard.compare, (*path, "compare"))
        yield from _beside(guard, path)
        return
    yield from _bounds(guard, path)
    if guard.prometheus is not None:
        yield from _query(guard.prometheus.query, (*path, "prometheus", "query"))


def _beside(guard: RampGuard, path: FieldPath) -> Iterator[Finding]:
    for name in sorted(guard.model_fields_set):
        alias = type(guard).model_fields[name].alias or name
        if alias in BESIDE_QUERY:
            yield Finding((*path, alias), "UnwantedField", "stands beside `prometheus` only, not beside `compare`")


def _bounds(guard: RampGuard, path: FieldPath) -> Iterator[Finding]:
    if guard.max is None and guard.min is None:
        yield Finding(path, "MissingField", "has no bound; write `max`, `min` or both")
    elif guard.max is not None and guard.min is not None and float(guard.min) > float(guard.max):
        text = f"{shown(guard.min)} is above the `max` of {shown(guard.max)}; no measurement could be good"
        yield Finding((*path, "min"), "EmptyRange", text)


def _comparison(comparison: Comparison, path: FieldPath) -> Iterator[Finding]:
    least, most = MARGINS
    if comparison.margin is not None and not least <= float(comparison.margin) <= most:
        text = f"{shown(comparison.margin)} is not from 1 to 10: how many times as often the treated may fail"
        yield Finding((*path, "margin"), "OutOfRange", text)
    queries = (comparison.failures, comparison.attempts)
    if (comparison.events is None) == (None in queries) or (comparison.events and any(queries)):
        yield Finding(path, "AmbiguousGuard", "write `failures` and `attempts`, or `events` in place of both")
        return
    counted = comparison.events or comparison
    where = (*path, "events") if comparison.events else path
    if counted.failures == counted.attempts:
        text = "is the same as `failures`; write what counts all attempts, failed ones included"
        yield Finding((*where, "attempts"), "SameQuery", text)
    for name, query in zip(("failures", "attempts"), queries, strict=True):
        if query is not None:
            yield from _query(query, (*path, name), counts=True)


def _query(query: str, path: FieldPath, *, counts: bool = False) -> Iterator[Finding]:
    # Imported when needed: anyone who has no guards needs no parser of PromQL.
    from flagd.promql import QueryError, check_counter, check_query

    try:
        (check_counter if counts else check_query)(query)
    except QueryError as error:
        yield Finding(path, "InvalidQuery", str(error))
