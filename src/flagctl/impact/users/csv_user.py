"""CSV user: a row of a table as an evaluation context; the header names attributes as conditions do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from flagctl.impact.users.fault import PopulationError
from flagd.condition.attribute import AttributePathError, parse_attribute
from flagd.engine.writer import function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Rows = Sequence[Sequence[str]]
    Tree = dict[str, Any]

Columns = tuple[tuple[str, ...], ...]
"""For each column the keys that lead to its value in an evaluation context."""

_SEPARATOR = ";"
_OTHER_SEPARATOR = re.compile(r"[^\[]*?([;\t|])")
_BREAK = re.compile(r"\r?\n")


def columns_of(header: Sequence[str]) -> Columns:
    """Return where the columns of `header` belong: ``user_id``, ``properties.plan``, ``groups.company.name``.

    Raises:
        PopulationError: a column names no attribute, or two name the same.
    """
    if len(header) == 1 and (found := _OTHER_SEPARATOR.match(header[0])):
        raise PopulationError(f'columns are separated by commas, not by "{found[1]}"')
    columns = tuple(_column(name.strip()) for name in header)
    for position, column in enumerate(columns):
        if column in columns[:position]:
            raise PopulationError(f'two columns are called "{header[position].strip()}"')
    return columns


def csv_contexts(columns: Columns, rows: Rows, line: int) -> list[dict[str, Any]]:
    """Return the evaluation contexts of `rows` in which anything is: all values are texts, an empty one is None.

    Args:
        columns: what the values are.
        rows: after the header.
        line: on which the row before the first ends.

    Raises:
        PopulationError: a row has another number of values than there are columns; the message says which.
    """
    if set(map(len, rows)) - {0, len(columns)}:
        _check_sizes(len(columns), rows, line)
    return _maker(columns)(filter(None, rows))


def _check_sizes(size: int, rows: Rows, line: int) -> None:
    for row in rows:
        line += 1 + sum(len(_BREAK.findall(value)) for value in row)
        if len(row) not in (0, size):
            values = "1 value" if len(row) == 1 else f"{len(row)} values"
            raise PopulationError(f"line {line}: {values}, and the header has {size} columns")


def _maker(columns: Columns) -> Callable[[Iterable[Sequence[str]]], list[dict[str, Any]]]:
    """Return what makes contexts of rows: one display of dicts, in which names are bound and are no source."""
    names: list[str] = []

    def written(part: Tree) -> str:
        members = []
        for name, value in part.items():
            names.append(name)
            members.append(f"c{len(names) - 1}: {value if isinstance(value, str) else written(value)}")
        return f"{{{', '.join(members)}}}"

    made = written(_tree(columns))
    bound = ", ".join(f"c{number}" for number in range(len(names)))
    values = ", ".join(f"v{number}" for number in range(len(columns)))
    text = f"def contexts(rows, {bound}):\n return [{made} for {values}, in rows]\n"
    return cast("Callable[[Iterable[Sequence[str]]], list[dict[str, Any]]]", function(text, names))


def _tree(columns: Columns) -> Tree:
    """Return, nested as in a context, the expression for the value of each column."""
    tree: Tree = {}
    for number, column in enumerate(columns):
        at = tree
        for name in column[:-1]:
            at = at.setdefault(name, {})
        many = f"v{number}.split({_SEPARATOR!r}) if v{number} else None"
        at[column[-1]] = many if column[-1] == "cohort_ids" else f"v{number} or None"
    return tree


def _column(name: str) -> tuple[str, ...]:
    path = name if name.startswith(("user.", "groups.", "groups[")) else f"user.{name}"
    try:
        return parse_attribute(path)[1:]
    except AttributePathError as error:
        raise PopulationError(f'column "{name}": {error}') from None
