"""Query: what a list of flags is to show; all of it stands in the URL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flagctl.dashboard.pages.need import Need

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_QUERY = 200
"""Characters of a search that count."""
COLUMNS = ("key", "namespace", "owner", "percent", "ready", "expires", "age")
"""What a list can be sorted by."""
STATES = ("active", "inactive", "ramping")
SERVING = ("differs", "everywhere")


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is to show; all of it stands in the URL.

    Attributes:
        q: words that key, title, namespace or owner hold.
        namespace: only of this one; empty = all.
        owner: likewise.
        need: only flags with this need; empty = all.
        state: one of `STATES`; empty = all.
        serving: one of `SERVING`; empty = all.
        sort: one of the columns, with a minus for the other direction.
        page: counted from 1.
    """

    q: str = ""
    namespace: str = ""
    owner: str = ""
    need: str = ""
    state: str = ""
    serving: str = ""
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


def query_of(given: Mapping[str, str]) -> Query:
    """Return the query that the parameters of a URL make; what makes no sense counts as not given."""
    sort, page = given.get("sort", NONE.sort), given.get("page", "1")
    need, state, serving = (given.get(name, "") for name in ("need", "state", "serving"))
    return Query(
        q=given.get("q", "").strip()[:LONGEST_QUERY],
        namespace=given.get("namespace", "")[:LONGEST_QUERY],
        owner=given.get("owner", "")[:LONGEST_QUERY],
        need=need if need in set(Need) else "",
        state=state if state in STATES else "",
        serving=serving if serving in SERVING else "",
        sort=sort if sort.removeprefix("-") in COLUMNS else NONE.sort,
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 and int(page) else 1,
    )
