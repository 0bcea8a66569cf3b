"""Static: the few files that pages load, read once; no path of a request ever names a file."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.responses import Response

from flagctl.dashboard.web.problem import not_found

if TYPE_CHECKING:
    from starlette.requests import Request

_TYPES = {
    "dashboard.css": "text/css; charset=utf-8",
    "dashboard.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_FILES = {name: (files("flagctl.dashboard") / "static" / name).read_bytes() for name in _TYPES}


async def static(request: Request) -> Response:
    """Give one of the files."""
    name = request.path_params["name"]
    if name not in _FILES:
        raise not_found("such file")
    headers = {"Cache-Control": "private, max-age=600"}
    return Response(_FILES[name], media_type=_TYPES[name], headers=headers)
