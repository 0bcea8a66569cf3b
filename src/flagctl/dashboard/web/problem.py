"""Problem: pages for what did not work: not found, no right, the API server away."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from flagctl.dashboard.web.answer import answer
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger(__name__)
_TITLES = {
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.FORBIDDEN: "No right to do this",
    HTTPStatus.BAD_GATEWAY: "The API server is away",
    HTTPStatus.METHOD_NOT_ALLOWED: "Not possible here",
}


def not_found(what: str) -> HTTPException:
    """Return what to raise where there is no `what`, or none that the visitor may see."""
    return HTTPException(HTTPStatus.NOT_FOUND, f"There is no {what}, or none that you may see.")


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer with the page for `error`, which is an HTTPException."""
    if not isinstance(error, HTTPException):
        raise error
    return _page(request, HTTPStatus(error.status_code), error.detail)


async def on_api_error(request: Request, error: Exception) -> Response:
    """Answer with what the API server said; who may not do something is told by it, not by us."""
    if not isinstance(error, ApiError):
        raise error
    status = HTTPStatus(error.status) if error.status in {403, 404, 409, 422, 429} else HTTPStatus.BAD_GATEWAY
    return _page(request, status, str(error))


async def on_bug(request: Request, error: Exception) -> Response:
    """Answer with a page that says nothing of `error`, which the log has."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    text = "This is a bug in the dashboard. Its log says more; please report it."
    return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR, text)


def _page(request: Request, status: HTTPStatus, text: str) -> Response:
    title = _TITLES.get(status, status.phrase)
    return answer(request, "problem.html", {"status": int(status), "title": title, "message": text}, status=status)
