"""Answers of an API server, good and bad, as what callers see."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from flagoperator.cluster.api import APPLY, Api, ApiError
from flagoperator.kubeconfig import Access

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


class Plain:
    """A connection without TLS, with a token that changes."""

    proxy = server_name = None

    def __init__(self, server: str) -> None:
        self.server = server
        self.tokens = ["first", "second"]

    async def access(self) -> Access:
        token = self.tokens.pop(0) if self.tokens else ""
        return Access((("Authorization", f"Bearer {token}"),) if token else (), False)

    def refused(self, _: Access) -> None:
        self.tokens = ["fresh"]


@asynccontextmanager
async def serving(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[Api]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with Api(Plain("http://{}:{}".format(*runner.addresses[0][:2]))) as api:
            yield api
    finally:
        await runner.cleanup()


async def test_every_call_shows_the_token_that_holds_now():
    seen = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.json_response({"kind": "Flag"})

    async with serving(handler) as api:
        for _ in range(3):
            await api.get("/flags")
    assert seen == ["Bearer first", "Bearer second", None]


async def test_credentials_that_are_refused_are_replaced_for_the_same_call():
    async def handler(request: web.Request) -> web.Response:
        fresh = request.headers.get("Authorization") == "Bearer fresh"
        return web.json_response({"kind": "Flag"}, status=200 if fresh else 401)

    async with serving(handler) as api:
        assert await api.get("/flags") == {"kind": "Flag"}
        assert api.refused_since is None


async def test_it_is_known_since_when_nothing_was_accepted():
    accepting = False

    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"kind": "Flag"}, status=200 if accepting else 401)

    async with serving(handler) as api:
        with pytest.raises(ApiError):
            await api.get("/flags")
        since = api.refused_since
        assert since is not None
        with pytest.raises(ApiError):
            await api.get("/flags")
        assert api.refused_since == since
        accepting = True
        await api.get("/flags")
        assert api.refused_since is None


async def test_an_apply_is_one_of_the_server_and_says_who_applies():
    seen: dict[str, Any] = {}

    async def handler(request: web.Request) -> web.Response:
        seen.update(method=request.method, type=request.content_type, query=dict(request.query))
        return web.json_response(await request.json())

    async with serving(handler) as api:
        applied = await api.apply("/flags/a/status", {"kind": "Flag"}, "flagoperator", field_validation="Ignore")
    query = {"fieldManager": "flagoperator", "force": "true", "fieldValidation": "Ignore"}
    assert applied == {"kind": "Flag"}
    assert seen == {"method": "PATCH", "type": APPLY, "query": query}


@pytest.mark.parametrize(
    ("status", "body", "reason", "says"),
    [
        (409, '{"reason": "Conflict", "message": "changed meanwhile"}', "Conflict", "GET /x: changed meanwhile"),
        (500, "<html>", "", "GET /x: HTTP 500"),
        (200, "[]", "", "GET /x: HTTP 200"),
        (200, "no json", "", "GET /x: HTTP 200"),
    ],
)
async def test_a_refusal_says_what_the_server_says(status: int, body: str, reason: str, says: str):
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    async with serving(handler) as api:
        with pytest.raises(ApiError) as caught:
            await api.get("/x")
    assert (caught.value.status, caught.value.reason, str(caught.value)) == (status, reason, says)


async def test_a_server_that_is_not_there_has_no_status():
    async with Api(Plain("http://127.0.0.1:1")) as api:
        with pytest.raises(ApiError) as caught:
            await api.get("/x")
    assert caught.value.status == 0
