"""What an operator, or what stands at its address, says to the dashboard."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from flagctl.dashboard.live.operator import LARGEST, Operator, is_private_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Somebody:
    def __init__(self, authorization="Bearer mine"):
        self._authorization = authorization

    async def authorization(self) -> str:
        return self._authorization


@asynccontextmanager
async def answering(handler: Any) -> AsyncIterator[Operator]:
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with Operator(f"http://127.0.0.1:{runner.addresses[0][1]}/") as operator:
            yield operator
    finally:
        await runner.cleanup()


async def test_the_person_asks_with_their_own_token():
    seen: list[Any] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.path_qs, request.headers["Authorization"]))
        return web.json_response({"replicas": [{"name": "a"}]})

    async with answering(handler) as operator:
        assert await operator.ask(Somebody(), namespace="shop") == {"replicas": [{"name": "a"}]}  # type: ignore[arg-type]
    assert seen == [("/v1/serving?namespace=shop", "Bearer mine")]


async def test_who_has_no_token_is_not_asked_about():
    async with Operator("http://127.0.0.1:1") as operator:
        assert await operator.ask(Somebody("")) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[]", b'{"replicas": 1}', b'{"replicas": [1]}', b" " * (LARGEST + 1)]
)
async def test_what_is_no_answer_counts_as_none(body: bytes):
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body)

    async with answering(handler) as operator:
        assert await operator.ask(Somebody()) == {}  # type: ignore[arg-type]


async def test_a_token_follows_no_redirect():
    paths: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        paths.append(request.path)
        raise web.HTTPFound("/elsewhere")

    async with answering(handler) as operator:
        assert await operator.ask(Somebody()) == {}  # type: ignore[arg-type]
    assert paths == ["/v1/serving"]


@pytest.mark.parametrize(
    ("url", "is_private"),
    [
        ("https://flagoperator.flags.svc:8016", True),
        ("http://localhost:8016", True),
        ("http://127.0.0.1:8016/", True),
        ("http://[::1]:8016", True),
        ("http://flagoperator.flags.svc:8016", False),
        ("http://127.0.0.1.evil.example:8016", False),
        ("http://user@evil.example:80", False),
        ("http://localhost:1@evil.example:80", False),
        ("http://localhost:pass@evil.example", False),
        ("https://flagoperator:99999", False),
        ("ftp://localhost:1", False),
        ("localhost:8016", False),
        ("https://", False),
        ("", False),
    ],
)
def test_tokens_are_sent_where_nobody_reads_them_on_the_way(url: str, is_private: bool):
    assert is_private_url(url) is is_private
