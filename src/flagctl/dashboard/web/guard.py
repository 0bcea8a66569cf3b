"""Guard: what is asked of every request before anything answers it, and the headers of every answer.

A page in another tab may send us requests, and a name that it controls may lead to our address: what is not
addressed to one of our names, or comes from another site, is refused. Links from other sites open pages, no more.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST_PATH = 2048
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Of every answer, with ``Cache-Control: no-store`` where nothing else is said."""
_SAFE = frozenset({"GET", "HEAD"})
_OWN = frozenset({"same-origin", "none"})


class Guard:
    """Middleware.

    Args:
        app: what answers.
        hosts: names by which we may be addressed, besides those of loopback; without ports.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or have it answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, sending)
            return
        status, text = refusal
        await PlainTextResponse(f"{text}\n", status)(scope, receive, sending)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        headers = Headers(scope=scope)
        if len(scope.get("raw_path") or b"") > LONGEST_PATH:
            return HTTPStatus.REQUEST_URI_TOO_LONG, "the path is too long"
        hosts = headers.getlist("host")
        if scope["path"] == "/healthz" and scope["method"] in _SAFE:
            return None  # of a probe, which names the pod's address; it says nothing that a page could use
        if len(hosts) != 1 or host_name(hosts[0]) not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, "this dashboard does not answer to that name; --host NAME allows one"
        if not _is_ours(scope["method"], headers, hosts[0]):
            return HTTPStatus.FORBIDDEN, "requests from other sites are refused"
        return None


def host_name(host: str) -> str:
    """Return the name in a Host header, without port and brackets; empty where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        return "" if parts.path or parts.username is not None else (parts.hostname or "").lower()
    except ValueError:
        return ""


def is_navigation(method: str, headers: Headers) -> bool:
    """Return whether a browser opens a page of its own with this request."""
    asked = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return method in _SAFE and asked == ("navigate", "document")


def _is_ours(method: str, headers: Headers, host: str) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None and site not in _OWN and not is_navigation(method, headers):
        return False
    origin = headers.get("origin")
    if origin == "null":  # of our own forms, too: Referrer-Policy takes the origin out
        return site == "same-origin"
    if origin is None:
        return site is None or method in _SAFE or site == "same-origin"
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
