"""Flag: the page of one flag, and what can be asked there."""

from __future__ import annotations

import asyncio
import hmac
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from flagctl.dashboard.inventory.topic import Topic
from flagctl.dashboard.pages.flag.flag import flag_page
from flagctl.dashboard.pages.flag.replica import only, replicas_of
from flagctl.dashboard.pages.what_if.explained import explained
from flagctl.dashboard.preview.preview import Preview
from flagctl.dashboard.web.answer import answer
from flagctl.dashboard.web.form import read_form
from flagctl.dashboard.web.problem import not_found
from flagd.compiler.graph.references import KEY

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response

    from flagctl.dashboard.inventory.item import Item
    from flagctl.dashboard.web.visitor import Visitor


async def flag(request: Request, visitor: Visitor) -> Response:
    """Show one flag."""
    return await _shown(request, visitor, item_of(request, visitor))


async def explain(request: Request, visitor: Visitor) -> Response:
    """Say why a user gets what, and what if."""
    item = item_of(request, visitor)
    form = await checked_form(request, visitor)
    found = await asyncio.to_thread(explained, item, visitor.view, form)
    if request.headers.get("hx-request"):
        return answer(request, "part_explained.html", {"explained": found}, visitor=visitor)
    return await _shown(request, visitor, item, explained=found)


async def preview(request: Request, visitor: Visitor) -> Response:
    """Say what a pasted manifest would change."""
    item = item_of(request, visitor)
    form = await checked_form(request, visitor)
    found = await request.app.state.previews.preview(form.get("manifest", ""), item.ref.namespace, visitor.view)
    if request.headers.get("hx-request"):
        return answer(request, "part_preview.html", {"preview": found}, visitor=visitor)
    return await _shown(request, visitor, item, preview=found)


async def _shown(request: Request, visitor: Visitor, item: Item, **asked: Any) -> Response:  # noqa: ANN401
    edition = await visitor.edition(Topic(flag=(item.ref.namespace, item.ref.name)))
    page, replicas = flag_page(item, visitor.view, today()), replicas_of(edition.told)
    data = {
        "flag": page,
        "explained": asked.get("explained") or explained(item, visitor.view, {}),
        "preview": asked.get("preview") or Preview(page.yaml),
        "verbs": () if visitor.person is None else await visitor.person.verbs(item),
        "replicas": only(replicas, request.query_params.get("replicas", "")),
        "replicas_known": len(replicas),
        "csrf": visitor.csrf,
    }
    return answer(request, "flag.html", data, visitor=visitor, edition=edition)


def today() -> date:
    """Return the day it is in UTC."""
    return datetime.now(UTC).date()


def item_of(request: Request, visitor: Visitor) -> Item:
    """Return the flag that the path names, by its object's name or its key. Raises HTTPException for none."""
    namespace, name = request.path_params["namespace"], request.path_params["name"]
    by_name = visitor.view.get("Flag", namespace, name)
    item = by_name or visitor.view.find(namespace, (KEY, name))
    if item is None or item.ref.kind != "Flag":
        raise not_found(f"flag {namespace}/{name}")
    return item


async def checked_form(request: Request, visitor: Visitor) -> dict[str, str]:
    """Return the fields of the form. Raises HTTPException where it is not one that we gave to `visitor`."""
    form = await read_form(request)
    if not hmac.compare_digest(form.pop("csrf", "").encode(), visitor.csrf.encode()):
        raise HTTPException(HTTPStatus.FORBIDDEN, "This form is from another session. Load the page again.")
    return form
