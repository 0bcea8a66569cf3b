"""Listing: the rows that a query asks for: searched, filtered, sorted, one page of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flagd.manifest.parts.percent import thousandths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flagctl.dashboard.pages.query import Query
    from flagctl.dashboard.pages.row import Row

PAGE_ROWS = 100


def _percent(row: Row) -> int:
    try:
        return thousandths(row.percent) if row.active else -1
    except ValueError:
        return -1


_SORTS: dict[str, Callable[[Row], object]] = {
    "key": lambda row: row.key,
    "namespace": lambda row: (row.namespace, row.key),
    "owner": lambda row: (row.owner, row.key),
    "percent": _percent,
    "ready": lambda row: (row.ready, row.key),
    "expires": lambda row: (row.expires or "9999", row.key),
    "age": lambda row: (row.created, row.key),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list.

    Attributes:
        query: what was asked.
        rows: those of this page.
        found: how many there are on all pages.
        total: how many there are without the query.
        pages: how many pages there are, at least 1.
        namespaces: with how many flags each.
        owners: likewise.
    """

    query: Query
    rows: Sequence[Row]
    found: int
    total: int
    pages: int
    namespaces: Mapping[str, int]
    owners: Mapping[str, int]


def listing(rows: Sequence[Row], query: Query, page_rows: int = PAGE_ROWS) -> Listing:
    """Return the page of `rows` that `query` asks for; the last one where there are fewer."""
    found = sorted(
        (row for row in rows if _matches(row, query)),
        key=_SORTS[query.sort.removeprefix("-")],  # type: ignore[arg-type]
        reverse=query.sort.startswith("-"),
    )
    pages = max(1, -(-len(found) // page_rows))
    query = replace(query, page=min(query.page, pages))
    start = (query.page - 1) * page_rows
    return Listing(
        query,
        found[start : start + page_rows],
        len(found),
        len(rows),
        pages,
        _counted(row.namespace for row in rows),
        _counted(row.owner for row in rows if row.owner),
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _matches(row: Row, query: Query) -> bool:
    if query.namespace not in ("", row.namespace) or query.owner not in ("", row.owner):
        return False
    if query.need and query.need not in row.needs:
        return False
    if query.state and not _is(row, query.state):
        return False
    if query.serving not in ("", row.serving):
        return False
    if not query.q:
        return True
    text = f"{row.key} {row.title} {row.namespace} {row.owner}".casefold()
    return all(word in text for word in query.q.casefold().split())


def _is(row: Row, state: str) -> bool:
    if state == "ramping":
        return row.phase in {"Progressing", "Paused"}
    return row.known and row.active == (state == "active")
