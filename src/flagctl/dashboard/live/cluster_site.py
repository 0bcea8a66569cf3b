"""Cluster site: the pages about a cluster, each as the person who asks for it."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from flagctl.dashboard.inventory.inventory import Inventory, View
from flagctl.dashboard.live.doorway import TokenError, is_refused
from flagctl.dashboard.live.feed import Feed
from flagctl.dashboard.live.sessions import Session, Sessions
from flagctl.dashboard.web.answer import answer, wants_json
from flagctl.dashboard.web.guard import LOOPBACK, is_navigation
from flagctl.dashboard.web.visitor import Visitor
from flagd.manifest import KINDS
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request

    from flagctl.dashboard.live.doorway import Doorway
    from flagctl.dashboard.live.person import Person
    from flagctl.dashboard.live.rights import Sight
    from flagd.process.tasks import Work

LOOK_SECONDS = 5.0
"""How often somebody is looked for who may fill a cache that nobody fills."""
FIRST_SECONDS = 10.0
"""How long a page waits for the first list."""
MOST_AT_ONCE = 8
"""How many tokens are shown to the API server at one time, however many strangers come."""
SIGN_IN = "/sign-in"


@dataclass(frozen=True, slots=True)
class Door:
    """How people come in.

    Attributes:
        link: what the one-time link holds, in a process that acts as its owner; empty where everybody signs in.
        secure: whether cookies are for HTTPS alone.
    """

    link: str
    secure: bool

    @property
    def cookie(self) -> str:
        """Name of the cookie."""
        return "__Host-flagctl" if self.secure else "flagctl"


class ClusterSite:
    """The site of a cluster. Whoever has the one-time link, a session or a token is somebody."""

    has_cluster = True
    paths: Sequence[str] = ()

    def __init__(self, title: str, doorway: Doorway, *, as_owner: bool, secure: bool) -> None:
        self.title = title
        self.inventory = Inventory()
        self.doorway = doorway
        self.door = Door(secrets.token_urlsafe(24) if as_owner else "", secure)
        self.sessions = Sessions()
        self._pool = doorway.pool()
        self._link_used = False
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._arrived = asyncio.Event()
        scopes = [(kind, name) for kind in KINDS for name in doorway.namespaces or ("",)]
        self.feeds = {scope: Feed(self.inventory, *scope, partial(self._reader, *scope)) for scope in scopes}

    @property
    def works(self) -> dict[str, Work]:
        """What runs beside the pages."""
        return {f"{kind} {name}".strip(): feed.run for (kind, name), feed in self.feeds.items()}

    @property
    def faults(self) -> tuple[str, ...]:
        """What cannot be read now."""
        return tuple(dict.fromkeys(feed.trouble for feed in self.feeds.values() if feed.trouble))[:1]

    @asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        """Hold the connections to the API server; pages are filled as the first who may."""
        async with self._pool, self.doorway.operator or nullcontext():
            yield

    async def sign_in(self, token: str, *, each_request: bool = False) -> tuple[str, Session]:
        """Begin a session for whose `token` is.

        Raises:
            TokenError: it cannot be one.
            ApiError: the API server refuses it, or cannot be asked.
        """
        async with self._turns:
            person = await self.doorway.bearer(token, self._pool)
        found = self.sessions.open(person, f"bearer {token}" if each_request else "")
        self._arrived.set()
        return found

    async def enter(self, link: str) -> str:
        """Begin a session of the owner by the one-time link; return what finds it; empty where it is not the link."""
        if self._link_used or not self.door.link or not secrets.compare_digest(link.encode(), self.door.link.encode()):
            return ""
        self._link_used = True
        person = await self.doorway.owner(self._pool)
        key, _ = self.sessions.open(person)
        self._arrived.set()
        return key

    async def visitor(self, request: Request) -> Visitor | Response:
        """Return who asks, or the page to sign in."""
        session = await self._session(request)
        if session is None:
            return self._turned_away(request)
        try:
            sight = await session.person.sight()
        except ApiError as error:
            if is_refused(error):
                self.sessions.close_of(session.person)
                return self._turned_away(request)
            raise
        if not any(sight.may("Flag", name) for name in self.doorway.namespaces or ("",)):
            return self._no_right(request, session)
        await self._first(sight)
        view, person = View(self.inventory, sight.may), session.person
        return Visitor(view, session.csrf, person.name, person)

    async def _session(self, request: Request) -> Session | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token and is_private(request):
            return self.sessions.find(f"bearer {token}") or await self._bearer(token)
        return self.sessions.find(request.cookies.get(self.door.cookie, ""))

    async def _bearer(self, token: str) -> Session | None:
        try:
            return (await self.sign_in(token, each_request=True))[1]
        except TokenError:
            return None
        except ApiError as error:
            if is_refused(error):
                return None
            raise

    async def _first(self, sight: Sight) -> None:
        """Wait until what the person sees has been listed once, for a moment."""
        feeds = [feed for (kind, name), feed in self.feeds.items() if sight.may(kind, name)]
        try:
            async with asyncio.timeout(FIRST_SECONDS):
                await asyncio.gather(*(feed.complete.wait() for feed in feeds))
        except TimeoutError:
            return

    def _turned_away(self, request: Request) -> Response:
        if wants_json(request) or request.method != "GET":
            return _refused(request, HTTPStatus.UNAUTHORIZED, "Sign in first, or send a bearer token over HTTPS.")
        if is_navigation("GET", request.headers) and request.headers.get("sec-fetch-site") == "cross-site":
            # A strict cookie does not come with a link from elsewhere; it does when our own page asks again.
            return answer(request, "again.html", {})
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        query = "" if back == "/" else f"?{urlencode({'back': back})}"
        return RedirectResponse(f"{SIGN_IN}{query}", HTTPStatus.SEE_OTHER)

    def _no_right(self, request: Request, session: Session) -> Response:
        where = ", ".join(self.doorway.namespaces) or "all namespaces"
        more = "" if self.doorway.namespaces else " Where you may in some, start with --namespaces."
        text = f"{session.person.name or 'You'} may not list and watch flags in {where}.{more}"
        return _refused(request, HTTPStatus.FORBIDDEN, text)

    async def _reader(self, kind: str, namespace: str) -> Person:
        while True:
            for person in self.sessions.people():
                if await self._may(person, kind, namespace):
                    return person
            self._arrived.clear()
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._arrived.wait()
            except TimeoutError:
                continue

    async def _may(self, person: Person, kind: str, namespace: str) -> bool:
        try:
            return (await person.sight()).may(kind, namespace)
        except ApiError as error:
            if is_refused(error):
                self.sessions.close_of(person)
            return False


def is_private(request: Request) -> bool:
    """Return whether nobody between can read the request: it came by HTTPS, or from this machine."""
    return request.url.scheme == "https" or (request.client is not None and request.client.host in LOOPBACK)


def _refused(request: Request, status: HTTPStatus, text: str) -> Response:
    title = "Sign in" if status is HTTPStatus.UNAUTHORIZED else "No right to see this"
    return answer(request, "problem.html", {"status": int(status), "title": title, "message": text}, status=status)
