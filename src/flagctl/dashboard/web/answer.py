"""Answer: one page as HTML or, for who asks for it, as JSON: both are made from the same values."""

from __future__ import annotations

import json
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

    from flagctl.dashboard.web.visitor import Edition, Site, Visitor

JSON = "application/json"


def answer(
    request: Request,
    template: str,
    data: Mapping[str, Any],
    *,
    visitor: Visitor | None = None,
    edition: Edition | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Return `data` as JSON or in `template`; open pages are told what changes since `edition`."""
    if wants_json(request):
        return Response(_json(plain(dict(data))), status, media_type=JSON)
    site: Site = request.app.state.site
    text = (
        _environment()
        .get_template(template)
        .render(
            data,
            site=site,
            visitor=visitor,
            edition=edition,
            path=request.url.path,
            query=request.url.query,
            now=datetime.now(UTC),
            needs=TITLES,
        )
    )
    return HTMLResponse(text.encode(errors="replace"), status)


def wants_json(request: Request) -> bool:
    """Return whether JSON is asked for."""
    accepted = request.headers.get("accept", "")
    return JSON in accepted and "text/html" not in accepted


def _json(data: Any) -> bytes:  # noqa: ANN401
    try:
        return orjson.dumps(data, default=str)
    except TypeError:  # a form may hold half a character, which no UTF-8 has
        return json.dumps(data, default=str).encode()


@cache
def _environment() -> Environment:
    loader = PackageLoader("flagctl.dashboard")
    found = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=written.visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"utc": written.utc, "width": written.width, "staircase": staircase, "verbatim": written.Verbatim}
    found.globals["age"] = written.age
    return found
