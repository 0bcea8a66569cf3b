"""Rules for guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding
from flagd.manifest.parts.duration import seconds
from flagd.manifest.rules.repetition import repeated
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagd.manifest.parts.guard import RampGuard
    from flagd.manifest.path import FieldPath

LEAST_INTERVAL = 10
"""Seconds between two measurements at least."""


def check_guards(guards: Sequence[RampGuard], path: FieldPath) -> Iterator[Finding]:
    """Yield what is wrong with `guards` at `path`."""
    yield from repeated([each.name for each in guards], path, "name")
    for index, guard in enumerate(guards):
        yield from _bounds(guard, (*path, index))
        yield from _query(guard.prometheus.query, (*path, index, "prometheus", "query"))
        if guard.interval is not None and seconds(guard.interval) < LEAST_INTERVAL:
            text = f"{shown(guard.interval)} is too short; at least {LEAST_INTERVAL}s"
            yield Finding((*path, index, "interval"), "TooShort", text)


def _bounds(guard: RampGuard, path: FieldPath) -> Iterator[Finding]:
    if guard.max is None and guard.min is None:
        yield Finding(path, "MissingField", "has no bound; write `max`, `min` or both")
    elif guard.max is not None and guard.min is not None and float(guard.min) > float(guard.max):
        text = f"{shown(guard.min)} is above the `max` of {shown(guard.max)}; no measurement could be good"
        yield Finding((*path, "min"), "EmptyRange", text)


def _query(query: str, path: FieldPath) -> Iterator[Finding]:
    # Imported when needed: anyone who has no guards needs no parser of PromQL.
    from flagd.promql import QueryError, check_query

    try:
        check_query(query)
    except QueryError as error:
        yield Finding(path, "InvalidQuery", str(error))
