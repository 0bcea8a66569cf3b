"""What somebody else may do, as an API server says it."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from flagoperator.cluster.access_review import may_get_flags
from flagoperator.cluster.api import ApiError
from tests.unit.flagoperator.cluster.test_api import serving

PERSON = {"username": "ann", "uid": "1", "groups": ["dev"], "extra": {"scopes": ["a"]}, "other": 1}


async def test_the_question_names_the_person_with_groups_and_what_they_want():
    seen: list[Any] = []

    async def handler(request: web.Request) -> web.Response:
        seen.extend((request.path, (await request.json())["spec"]))
        return web.json_response({"status": {"allowed": True}})

    async with serving(handler) as api:
        assert await may_get_flags(api, PERSON, "shop")
    wanted = {"group": "flagoperator.dev", "resource": "flags", "verb": "get", "namespace": "shop"}
    assert seen == [
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        {"user": "ann", "uid": "1", "groups": ["dev"], "extra": {"scopes": ["a"]}, "resourceAttributes": wanted},
    ]


@pytest.mark.parametrize("status", [None, {}, [], {"allowed": False}, {"allowed": "true"}, {"denied": True}])
async def test_what_is_not_surely_allowed_is_not(status: Any):
    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"kind": "SubjectAccessReview", "status": status})

    async with serving(handler) as api:
        assert not await may_get_flags(api, PERSON, "shop")


async def test_an_api_server_that_does_not_answer_is_an_error():
    async def handler(_: web.Request) -> web.Response:
        return web.json_response({}, status=503)

    async with serving(handler) as api:
        with pytest.raises(ApiError):
            await may_get_flags(api, PERSON, "shop")
