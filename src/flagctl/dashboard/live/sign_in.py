"""Sign-in: a token or the one-time link becomes a session, and a session ends."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flagctl.dashboard.live.cluster_site import SIGN_IN, is_private
from flagctl.dashboard.live.doorway import TokenError, is_refused
from flagctl.dashboard.live.sessions import LONGEST_SECONDS
from flagctl.dashboard.web.answer import answer
from flagctl.dashboard.web.application import signed_in
from flagctl.dashboard.web.flag import checked_form
from flagctl.dashboard.web.form import read_form
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from starlette.requests import Request

    from flagctl.dashboard.live.cluster_site import ClusterSite
    from flagctl.dashboard.web.visitor import Visitor

ENTER = "/enter"


def sign_in_routes() -> list[Route]:
    """Return the routes."""
    return [
        Route(SIGN_IN, form, methods=["GET"]),
        Route(SIGN_IN, sign_in, methods=["POST"]),
        Route(f"{ENTER}/{{link}}", enter, methods=["GET"]),
        Route("/sign-out", signed_in(sign_out), methods=["POST"]),
    ]


async def form(request: Request) -> Response:
    """Show where to paste a token."""
    return _form(request, back_of(request.query_params.get("back", "/")))


async def sign_in(request: Request) -> Response:
    """Begin a session for the token in the form. What a browser sent before as a cookie means nothing here."""
    site: ClusterSite = request.app.state.site
    fields = await read_form(request)
    back = back_of(fields.get("back", "/"))
    if not is_private(request):
        return _form(request, back, "A token is taken over HTTPS only, or on this machine.", HTTPStatus.FORBIDDEN)
    try:
        key, _ = await site.sign_in(fields.get("token", ""))
    except TokenError as error:
        return _form(request, back, f"This is not a token: {error}.", HTTPStatus.UNAUTHORIZED)
    except ApiError as error:
        if not is_refused(error):
            raise
        text = "The API server does not accept this token: it has expired, or is for another audience or cluster."
        return _form(request, back, text, HTTPStatus.UNAUTHORIZED)
    return _inside(request, key, back)


async def enter(request: Request) -> Response:
    """Exchange the one-time link for a session."""
    site: ClusterSite = request.app.state.site
    key = await site.enter(request.path_params["link"])
    if not key:
        raise HTTPException(
            HTTPStatus.FORBIDDEN,
            "This link was used already, or is not of this dashboard. Start flagctl dashboard again.",
        )
    return _inside(request, key, "/")


async def sign_out(request: Request, visitor: Visitor) -> Response:
    """End the session."""
    site: ClusterSite = request.app.state.site
    await checked_form(request, visitor)
    site.sessions.close(request.cookies.get(site.door.cookie, ""))
    response = RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
    response.delete_cookie(site.door.cookie, secure=site.door.secure, httponly=True, samesite="strict")
    return response


def back_of(path: str) -> str:
    """Return `path` if it is one of our pages, else the first page."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def _inside(request: Request, key: str, back: str) -> Response:
    site: ClusterSite = request.app.state.site
    response = RedirectResponse(back, HTTPStatus.SEE_OTHER)
    response.set_cookie(
        site.door.cookie, key, int(LONGEST_SECONDS), secure=site.door.secure, httponly=True, samesite="strict"
    )
    return response


def _form(request: Request, back: str, error: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    site: ClusterSite = request.app.state.site
    data = {"back": back, "error": error, "by_link": bool(site.door.link)}
    return answer(request, "sign_in.html", data, status=status)
