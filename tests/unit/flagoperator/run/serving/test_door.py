"""Who is told what is served."""

from __future__ import annotations

from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from flagoperator.run.serving.door import Door, DoorError
from tests.unit.flagoperator.cluster.test_api import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def door(calls: list[str], *, user: str = "ann", status: int = 200) -> AsyncIterator[Door]:
    """A door of an API server that knows the token "good", whose owner may get flags in shop."""

    async def handler(request: web.Request) -> web.Response:
        spec: dict[str, Any] = (await request.json())["spec"]
        calls.append(request.path.rpartition("/")[2])
        if "token" in spec:
            known = spec["token"] == "good"
            return web.json_response({"status": {"authenticated": known, "user": {"username": user}}}, status=status)
        return web.json_response({"status": {"allowed": spec["resourceAttributes"]["namespace"] == "shop"}})

    async with serving(handler) as api:
        yield Door(api)


async def refusal(found: Door, authorization: str, namespace: str = "shop") -> DoorError:
    with pytest.raises(DoorError) as refused:
        await found.check(authorization, namespace)
    return refused.value


async def test_who_may_get_flags_is_let_in_and_asked_about_once():
    calls: list[str] = []
    async with door(calls) as found:
        for _ in range(5):
            await found.check("Bearer good", "shop")
    assert calls == ["tokenreviews", "subjectaccessreviews"]


@pytest.mark.parametrize("authorization", ["", "good", "Basic good", "Bearer", "Bearer  "])
async def test_without_a_token_nobody_is_asked(authorization: str):
    calls: list[str] = []
    async with door(calls) as found:
        assert (await refusal(found, authorization)).status == HTTPStatus.UNAUTHORIZED
    assert calls == []


async def test_a_token_that_is_not_accepted_and_a_right_that_is_missing_are_told_apart():
    calls: list[str] = []
    async with door(calls) as found:
        assert (await refusal(found, "Bearer bad")).status == HTTPStatus.UNAUTHORIZED
        missing = await refusal(found, "Bearer good", "web")
        assert (missing.status, str(missing)) == (HTTPStatus.FORBIDDEN, "ann may not get flags in web")
        assert "all namespaces" in str(await refusal(found, "Bearer good", ""))
    assert calls.count("subjectaccessreviews") == 2


async def test_a_token_cannot_be_split_so_that_it_counts_for_another_namespace():
    async with door([]) as found:
        assert (await refusal(found, "Bearer x good")).status == HTTPStatus.UNAUTHORIZED
        assert (await refusal(found, "Bearer good", "shop x")).status == HTTPStatus.UNAUTHORIZED
        assert (await refusal(found, "Bearer good", "x" * 64)).status == HTTPStatus.BAD_REQUEST


async def test_where_the_api_server_is_away_nobody_is_let_in():
    async with door([], status=503) as found:
        assert (await refusal(found, "Bearer good")).status == HTTPStatus.SERVICE_UNAVAILABLE


async def test_how_often_the_api_server_is_asked_is_bounded():
    calls: list[str] = []
    async with door(calls) as found:
        refused = [(await refusal(found, f"Bearer {number}")).status for number in range(300)]
    assert HTTPStatus.SERVICE_UNAVAILABLE in refused
    assert len(calls) < 300
