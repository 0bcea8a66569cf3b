"""Answers of an API server about a token, good and strange, and what is made of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from flagoperator.cluster import token_review
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.token_review import TokenReview, review_token
from tests.unit.flagoperator.cluster.test_api import serving

USER = {"username": "system:serviceaccount:flags:flagd"}
POD = {"authentication.kubernetes.io/pod-name": ["flagd-0"]}


async def reviewed(status: Any, code: int = 201) -> TokenReview:
    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"kind": "TokenReview", "status": status}, status=code)

    async with serving(handler) as api:
        return await review_token(api, "secret", "flagoperator")


async def test_the_question_names_token_and_audience():
    seen: list[Any] = []

    async def handler(request: web.Request) -> web.Response:
        seen.extend((request.method, request.path, (await request.json())["spec"]))
        return web.json_response({"status": {}})

    async with serving(handler) as api:
        await review_token(api, "secret", "flagoperator")
    path = "/apis/authentication.k8s.io/v1/tokenreviews"
    assert seen == ["POST", path, {"token": "secret", "audiences": ["flagoperator"]}]


async def test_without_an_audience_the_question_is_whether_it_is_for_the_api_server():
    seen: list[Any] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((await request.json())["spec"])
        return web.json_response({"status": {"authenticated": True, "user": {"username": "ann", "groups": ["dev"]}}})

    async with serving(handler) as api:
        review = await review_token(api, "secret")
    assert seen == [{"token": "secret"}]
    assert (review.user, review.person) == ("ann", {"username": "ann", "groups": ["dev"]})


@pytest.mark.parametrize(
    ("extra", "pod"),
    [(POD, "flagd-0"), ({}, ""), (None, ""), ({"authentication.kubernetes.io/pod-name": "flagd-0"}, "")],
)
async def test_an_accepted_token_has_a_user_and_perhaps_a_pod(extra: Any, pod: str):
    status = {"authenticated": True, "audiences": ["flagoperator"], "user": {**USER, "extra": extra}}
    assert await reviewed(status) == TokenReview(USER["username"], pod)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ({"error": "[invalid bearer token, expired]"}, "[invalid bearer token, expired]"),
        ({}, "not authenticated"),
        ({"authenticated": "yes", "audiences": ["flagoperator"], "user": USER}, "not authenticated"),
        ({"authenticated": True, "user": USER}, "does not say that it is for the audience flagoperator"),
        ({"authenticated": True, "audiences": ["other"], "user": USER}, "does not say that it is for the audience"),
    ],
)
async def test_a_token_that_is_not_accepted_has_no_user_and_says_why(status: Any, error: str):
    review = await reviewed(status)
    assert review.user == ""
    assert error in review.error


@pytest.mark.parametrize(
    "status",
    [None, [], "yes"]
    + [
        {"authenticated": True, "audiences": ["flagoperator"], "user": user}
        for user in (None, "flagd", {}, {"username": 7})
    ],
)
async def test_garbage_is_no_answer(status: Any):
    with pytest.raises(ApiError, match="an answer without"):
        await reviewed(status)


async def test_a_server_that_does_not_answer_is_waited_for_briefly(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(token_review, "REVIEW_SECONDS", 0.05)
    over = asyncio.Event()

    async def handler(_: web.Request) -> web.Response:
        await over.wait()
        return web.json_response({})

    async with serving(handler) as api:
        with pytest.raises(ApiError) as caught:
            await review_token(api, "secret", "flagoperator")
        over.set()
    assert caught.value.status == 0
