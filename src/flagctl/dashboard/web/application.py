"""Application: the routes, each behind the question who asks."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from flagctl.dashboard.inventory.topic import EVERYTHING, topic_of
from flagctl.dashboard.preview.preview import Previews
from flagctl.dashboard.web import flag, lists, problem, ramp
from flagctl.dashboard.web.guard import Guard
from flagctl.dashboard.web.static import static
from flagd.process.tasks import Tasks
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from flagctl.dashboard.web.events import Streams
    from flagctl.dashboard.web.visitor import Site, Visitor
    from flagd.process.tasks import Work

    Page = Callable[[Request, Visitor], Awaitable[Response]]


def application(
    site: Site,
    works: Mapping[str, Work],
    streams: Streams,
    hosts: Collection[str] = (),
    routes: Sequence[Route] = (),
) -> ASGIApp:
    """Return the ASGI application for `site`.

    Args:
        site: what the pages are about.
        works: what runs beside them for as long as the application does, by name.
        streams: those that tell open pages what changed.
        hosts: names by which it may be addressed, besides those of loopback.
        routes: what the site answers itself.
    """
    tasks = Tasks()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with site.started():
            for name, work in works.items():
                tasks.start(name, work, restart=True)
            try:
                yield
            finally:
                await tasks.stop()

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("; ".join(tasks.ended) or "ok", 503 if tasks.ended else 200)

    app = Starlette(
        routes=[Route("/healthz", healthz), Route("/static/{name}", static), *routes, *_pages()],
        exception_handlers={
            HTTPException: problem.on_http_error,
            ApiError: problem.on_api_error,
            Exception: problem.on_bug,
        },
        lifespan=lifespan,
    )
    app.state.site, app.state.previews, app.state.streams = site, Previews(site.paths), streams
    return Guard(app, hosts)  # around everything, so that pages about bugs have its headers too


def _pages() -> list[Route]:
    one = "/flags/{namespace}/{name}"
    return [
        _route("/", lists.now),
        _route("/flags", lists.flags),
        _route("/flags.csv", lists.flags_csv),
        _route("/events", _events),
        _route("/health", lists.health),
        _route(one, flag.flag),
        _route(f"{one}/explain", flag.explain, "POST"),
        _route(f"{one}/preview", flag.preview, "POST"),
        _route(f"{one}/ramp/{{verb}}", ramp.confirm),
        _route(f"{one}/ramp/{{verb}}", ramp.act, "POST"),
        _route("/{plural:str}", lists.others),
    ]


async def _events(request: Request, visitor: Visitor) -> Response:
    streams: Streams = request.app.state.streams
    text = request.query_params.get("topic", EVERYTHING)
    topic = topic_of(text)
    if topic is None:
        raise problem.not_found("such topic")
    return streams.events(visitor, topic)


def _route(path: str, page: Page, *methods: str) -> Route:
    return Route(path, signed_in(page), methods=list(methods or ("GET",)))


def signed_in(page: Page) -> Callable[[Request], Awaitable[Response]]:
    """Return `page` behind the question who asks."""

    async def answered(request: Request) -> Response:
        site: Site = request.app.state.site
        visitor = await site.visitor(request)
        return visitor if isinstance(visitor, Response) else await page(request, visitor)

    return answered
