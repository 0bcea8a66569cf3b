"""The front: every request finds its protocol, or is told why not."""

import json

import pytest

from flagd.rpc.route import EventStream, Response, Route
from flagd.rpc.status import NotFound, ResourceExhausted
from flagd.transport.asgi import Front
from tests.unit.flagd.transport.asgi.caller import Caller
from tests.unit.flagd.transport.asgi.echo import METHODS


async def echo(request):
    return Response(201, request.body, "text/plain", {"x-path": request.path, "x-query": request.query})


async def item(request):
    if request.tail == "none":
        raise NotFound("no such item")
    if request.tail == "bug":
        raise ValueError("a secret")
    if request.tail == "busy":
        raise ResourceExhausted("too many")
    return Response(200, request.tail.encode(), headers={"etag": request.headers.get("if-none-match", "")})


async def deep(request):
    return Response(200, b"deep " + request.tail.encode(), "")


async def unchanged(request):
    return Response(int(request.tail), content_type="", headers={"etag": "v1"})


async def events(_):
    async def three():
        for number in range(3):
            yield b"data: %d\n\n" % number

    return EventStream(three(), {"x-accel-buffering": "no"})


async def broken_events(_):
    async def broken():
        yield b"data: 0\n\n"
        raise ValueError("a secret")

    return EventStream(broken())


FRONT = Front(
    METHODS,
    [
        Route("POST", "/echo", echo, body_limit=10),
        Route("GET", "/items/", item),
        Route("GET", "/items/deep/", deep),
        Route("GET", "/unchanged/", unchanged),
        Route("GET", "/events", events),
        Route("GET", "/broken", broken_events),
    ],
)


async def call(path, *parts, **request):
    return await Caller(FRONT).call(path, *parts, **request)


async def test_a_route_is_called_with_the_request():
    answer = await call("/echo", b"hel", b"lo", query="a=1")
    assert (answer.status, answer.body) == (201, b"hello")
    assert answer.headers == {
        b"content-type": b"text/plain",
        b"content-length": b"5",
        b"x-path": b"/echo",
        b"x-query": b"a=1",
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [("/items/a", b"a"), ("/items/a/b", b"a/b"), ("/items/", b""), ("/items/deep/a", b"deep a")],
)
async def test_the_longest_route_that_begins_a_path_wins(path, body):
    assert (await call(path, method="GET")).body == body


async def test_headers_reach_the_handler_by_lower_case_name():
    answer = await call("/items/a", method="GET", headers={"if-none-match": "v1"})
    assert answer.headers[b"etag"] == b"v1"


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_that_may_have_no_body_says_no_length(status):
    answer = await call(f"/unchanged/{status}", method="GET")
    assert (answer.status, answer.body, answer.headers) == (status, b"", {b"etag": b"v1"})


async def test_events_are_sent_one_by_one():
    answer = await call("/events", method="GET")
    assert (answer.status, answer.body) == (200, b"data: 0\n\ndata: 1\n\ndata: 2\n\n")
    assert answer.headers == {
        b"content-type": b"text/event-stream",
        b"cache-control": b"no-store",
        b"x-accel-buffering": b"no",
    }
    assert answer.parts >= 3


async def test_events_that_break_end_without_a_word():
    answer = await call("/broken", method="GET")
    assert answer.body == b"data: 0\n\n"


@pytest.mark.parametrize(
    ("path", "request_", "status", "code"),
    [
        ("/items/none", {"method": "GET"}, 404, "not_found"),
        ("/items/busy", {"method": "GET"}, 429, "resource_exhausted"),
        ("/items/bug", {"method": "GET"}, 500, "internal"),
        ("/items/a", {"method": "POST"}, 405, "unimplemented"),
        ("/nothing", {"method": "GET"}, 404, "unimplemented"),
        ("/", {"method": "POST", "headers": {"content-type": "application/json"}}, 404, "unimplemented"),
        ("/echo.Echo/Nope", {"headers": {"content-type": "application/json"}}, 404, "unimplemented"),
        ("/echo.Echo/Echo", {"headers": {"content-type": "text/plain"}}, 415, "unimplemented"),
        ("/echo.Echo/Echo", {"headers": {}}, 415, "unimplemented"),
        ("/echo.Echo/Echo", {"headers": {"content-type": "application/grpc+thrift"}}, 415, "unimplemented"),
        ("/echo.Echo/Nope", {"headers": {"content-type": "application/grpc+thrift"}}, 415, "unimplemented"),
        ("/echo.Echo/Echo", {"headers": {"content-type": "application/connect+json"}}, 415, "unimplemented"),
        ("/echo.Echo/Count", {"headers": {"content-type": "application/json"}}, 415, "unimplemented"),
        ("/echo.Echo/Upper", {"headers": {"content-type": "application/connect+json"}}, 415, "unimplemented"),
        ("/echo.Echo/Echo", {"method": "PUT"}, 405, "unimplemented"),
        ("/echo.Echo/Bug", {"method": "GET"}, 405, "unimplemented"),
        ("/echo.Echo/Count", {"method": "GET"}, 405, "unimplemented"),
    ],
)
async def test_every_other_request_is_told_why_not(path, request_, status, code):
    answer = await call(path, **request_)
    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
    assert b"secret" not in answer.body


async def test_a_wrong_method_is_told_the_right_one():
    assert (await call("/items/a", method="POST")).headers[b"allow"] == b"GET, HEAD, OPTIONS"
    assert (await call("/echo.Echo/Echo", method="PUT")).headers[b"allow"] == b"GET, HEAD, POST, OPTIONS"
    assert (await call("/echo.Echo/Bug", method="GET")).headers[b"allow"] == b"POST, OPTIONS"


async def test_a_wrong_content_type_is_told_the_right_ones():
    answer = await call("/echo.Echo/Echo", headers={"content-type": "text/plain"})
    assert b"application/grpc, " in answer.headers[b"accept-post"]


async def test_a_body_over_the_limit_is_refused_unread():
    answer = await call("/echo", b"x" * 6, b"x" * 6, b"never read")
    assert (answer.status, json.loads(answer.body)["message"]) == (
        413,
        "the request is larger than the limit of 10 bytes",
    )
