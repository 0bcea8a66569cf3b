"""CSV user: a row of a table as an evaluation context; the header names attributes as conditions do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.impact.users.fault import PopulationError
from flagd.condition.attribute import AttributePathError, parse_attribute

if TYPE_CHECKING:
    from collections.abc import Sequence

Columns = tuple[tuple[str, ...], ...]
"""For each column the keys that lead to its value in an evaluation context."""

_SEPARATOR = ";"


def columns_of(header: Sequence[str]) -> Columns:
    """Return where the columns of `header` belong: ``user_id``, ``properties.plan``, ``groups.company.name``.

    Raises:
        PopulationError: a column names no attribute, or two name the same.
    """
    columns = tuple(_column(name.strip()) for name in header)
    for position, column in enumerate(columns):
        if column in columns[:position]:
            raise PopulationError(f'two columns are called "{header[position].strip()}"')
    return columns


def csv_context(columns: Columns, row: Sequence[str]) -> dict[str, Any]:
    """Return the evaluation context of `row`: all values are texts, an empty one is absent, ``;`` parts cohorts.

    Raises:
        PopulationError: it has another number of values than there are columns.
    """
    if len(row) != len(columns):
        raise PopulationError(f"{len(row)} values, and the header has {len(columns)} columns")
    context: dict[str, Any] = {}
    for column, value in zip(columns, row, strict=True):
        if value:
            at = context
            for key in column[:-1]:
                at = at.setdefault(key, {})
            at[column[-1]] = value.split(_SEPARATOR) if column[-1] == "cohort_ids" else value
    return context


def _column(name: str) -> tuple[str, ...]:
    path = name if name.startswith(("user.", "groups.", "groups[")) else f"user.{name}"
    try:
        return parse_attribute(path)[1:]
    except AttributePathError as error:
        raise PopulationError(f'column "{name}": {error}') from None
