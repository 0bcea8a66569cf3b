"""Listing: the rows that a query asks for: searched, filtered, sorted, one page of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flagctl.dashboard.pages.need import Need
from flagd.manifest.parts.percent import thousandths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flagctl.dashboard.pages.row import Row

PAGE_ROWS = 100
LONGEST_QUERY = 200
"""Characters of a search that count."""


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
STATES = ("active", "inactive", "ramping")


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is to show; all of it stands in the URL.

    Attributes:
        q: words that key, title, namespace or owner hold.
        namespace: only of this one; empty = all.
        owner: likewise.
        need: only flags with this need; empty = all.
        state: one of `STATES`; empty = all.
        sort: one of the columns, with a minus for the other direction.
        page: counted from 1.
    """

    q: str = ""
    namespace: str = ""
    owner: str = ""
    need: str = ""
    state: str = ""
    sort: str = "namespace"
    page: int = 1

    def url(self, **changed: str | int) -> str:
        """Return the query part of the URL with some fields changed; a changed filter begins at the first page."""
        query = replace(self, **{"page": 1, **changed})  # type: ignore[arg-type]
        given = {name: getattr(query, name) for name in Query.__slots__ if getattr(query, name) != getattr(NONE, name)}
        return f"?{urlencode(given)}" if given else "?"

    def sorted_by(self, column: str) -> str:
        """Return the URL that sorts by `column`, the other way if it does already."""
        return self.url(sort=f"-{column}" if self.sort == column else column)


NONE = Query()


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


def query_of(given: Mapping[str, str]) -> Query:
    """Return the query that the parameters of a URL make; what makes no sense counts as not given."""
    sort, page = given.get("sort", NONE.sort), given.get("page", "1")
    need, state = given.get("need", ""), given.get("state", "")
    return Query(
        q=given.get("q", "").strip()[:LONGEST_QUERY],
        namespace=given.get("namespace", "")[:LONGEST_QUERY],
        owner=given.get("owner", "")[:LONGEST_QUERY],
        need=need if need in set(Need) else "",
        state=state if state in STATES else "",
        sort=sort if sort.removeprefix("-") in _SORTS else NONE.sort,
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 and int(page) else 1,
    )


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
    if not query.q:
        return True
    text = f"{row.key} {row.title} {row.namespace} {row.owner}".casefold()
    return all(word in text for word in query.q.casefold().split())


def _is(row: Row, state: str) -> bool:
    if state == "ramping":
        return row.phase in {"Progressing", "Paused"}
    return row.active == (state == "active")
