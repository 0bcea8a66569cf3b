"""Answer: one page as HTML or, for who asks for it, as JSON: both are made from the same values."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from flagctl.dashboard.drawing import written
from flagctl.dashboard.drawing.staircase import staircase
from flagctl.dashboard.pages.need import TITLES
from flagctl.dashboard.web.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from flagctl.dashboard.web.visitor import Site, Visitor

JSON = "application/json"


def answer(
    request: Request,
    template: str,
    data: Mapping[str, Any],
    *,
    visitor: Visitor | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    **more: Any,  # noqa: ANN401
) -> Response:
    """Return `data` as JSON or in `template`, which gets `more` too."""
    if wants_json(request):
        return Response(orjson.dumps(plain(dict(data)), default=str), status, media_type=JSON)
    site: Site = request.app.state.site
    text = (
        _environment()
        .get_template(template)
        .render(
            data,
            site=site,
            visitor=visitor,
            path=request.url.path,
            query=request.url.query,
            now=datetime.now(UTC),
            needs=TITLES,
            **more,
        )
    )
    return HTMLResponse(text, status)


def wants_json(request: Request) -> bool:
    """Return whether JSON is asked for."""
    accepted = request.headers.get("accept", "")
    return JSON in accepted and "text/html" not in accepted


@cache
def _environment() -> Environment:
    loader = PackageLoader("flagctl.dashboard")
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.filters |= {"utc": written.utc, "width": written.width, "staircase": staircase}
    found.globals["age"] = written.age
    return found
