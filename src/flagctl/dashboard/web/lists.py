"""Lists: the pages Now, flags, what flags refer to, and health."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from flagctl.dashboard.inventory.topic import OVERALL, Topic
from flagctl.dashboard.pages.fleet import fleet_of
from flagctl.dashboard.pages.health import health_of
from flagctl.dashboard.pages.listing import listing
from flagctl.dashboard.pages.now import tiles
from flagctl.dashboard.pages.other import KINDS, other_rows
from flagctl.dashboard.pages.query import query_of
from flagctl.dashboard.pages.row import Row, row_of
from flagctl.dashboard.web.answer import answer
from flagctl.dashboard.web.problem import not_found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from flagctl.dashboard.inventory.inventory import View
    from flagctl.dashboard.web.visitor import Visitor

_FLAGS = Topic(("Flag",))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WHO, _HOW = ("namespace", "key", "owner", "type"), ("active", "percent", "goal", "ready", "published")
_COLUMNS = (*_WHO, *_HOW, "expires", "created")


async def now(request: Request, visitor: Visitor) -> Response:
    """Show what needs a person."""
    edition = await visitor.edition(_FLAGS)
    rows = rows_of(visitor.view)
    events = [] if visitor.person is None else await visitor.person.events()
    data = {"tiles": tiles(rows), "flags": len(rows), "faults": request.app.state.site.faults, "events": events}
    return answer(request, "now.html", data, visitor=visitor, edition=edition)


async def flags(request: Request, visitor: Visitor) -> Response:
    """Show the flags that the query asks for."""
    edition = await visitor.edition(_FLAGS)
    found = listing(rows_of(visitor.view), query_of(request.query_params))
    return answer(request, "flags.html", {"listing": found}, visitor=visitor, edition=edition)


async def flags_csv(request: Request, visitor: Visitor) -> Response:
    """Give the flags that the query asks for, of all pages, as CSV."""
    rows = rows_of(visitor.view)
    query = replace(query_of(request.query_params), page=1)
    found = listing(rows, query, len(rows) or 1)
    headers = {"Content-Disposition": 'attachment; filename="flags.csv"'}
    return Response(as_csv(found.rows), media_type="text/csv; charset=utf-8", headers=headers)


async def others(request: Request, visitor: Visitor) -> Response:
    """Show the resources of one kind that flags refer to."""
    kind = KINDS.get(request.path_params["plural"])
    if kind is None:
        raise not_found("such page")
    edition, title = await visitor.edition(Topic((kind,), (kind,))), request.path_params["plural"]
    data = {"kind": kind, "title": title, "rows": other_rows(kind, visitor.view)}
    return answer(request, "others.html", data, visitor=visitor, edition=edition)


async def health(request: Request, visitor: Visitor) -> Response:
    """Show whether what the pages show can be believed."""
    site, edition = request.app.state.site, await visitor.edition(OVERALL)
    facts = [("Source", site.title), ("Signed in as", visitor.name or "nobody: these are files")]
    data = {"health": health_of(visitor.view, site.faults, facts), "fleet": fleet_of(edition.told)}
    return answer(request, "health.html", data, visitor=visitor, edition=edition)


def rows_of(view: View) -> list[Row]:
    """Return the row of every flag of `view`."""
    today = datetime.now(UTC).date()
    return [row_of(item, today) for item in view.of_kind("Flag")]


def as_csv(rows: Sequence[Row]) -> str:
    """Return `rows` as CSV. What a spreadsheet would take for a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows([[_harmless(str(getattr(row, name))) for name in _COLUMNS] for row in rows])
    return text.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
