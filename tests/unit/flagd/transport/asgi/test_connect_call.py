"""Connect over ASGI: unary calls by POST and GET, server streams."""

import base64
import gzip
import json
from urllib.parse import quote

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from flagd.transport.asgi import Front
from flagd.transport.asgi.frame import END_STREAM, frame
from tests.unit.flagd.transport.asgi.caller import Caller
from tests.unit.flagd.transport.asgi.echo import METHODS

LIMIT = 5000
HELLO = StringValue(value="hello").SerializeToString()
BASE64 = base64.urlsafe_b64encode(HELLO).decode().rstrip("=")
ZIPPED = base64.urlsafe_b64encode(gzip.compress(HELLO, mtime=0)).decode()


async def call(name, *parts, method="POST", query="", **headers):
    headers = {field.replace("_", "-"): value for field, value in headers.items()}
    caller = Caller(Front(METHODS, limit=LIMIT))
    return await caller.call(f"/echo.Echo/{name}", *parts, method=method, query=query, headers=headers)


def frames(body):
    found = []
    while body:
        size = int.from_bytes(body[1:5], "big")
        found.append((body[0], body[5 : 5 + size]))
        body = body[5 + size :]
    return found


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'"hello"'),
        ("application/json; charset=utf-8", b'"hello"'),
        ("Application/JSON", b'"hello"'),
        ("application/proto", HELLO),
    ],
)
async def test_a_unary_call_is_answered_in_the_form_it_came_in(content_type, body):
    answer = await call("Echo", body, content_type=content_type, connect_protocol_version="1")
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers == {
        b"content-type": content_type.partition(";")[0].lower().encode(),
        b"content-length": b"%d" % len(body),
    }


async def test_a_compressed_request_is_read():
    answer = await call("Echo", gzip.compress(b'"hello"'), content_type="application/json", content_encoding="gzip")
    assert answer.body == b'"hello"'


async def test_a_large_answer_is_compressed_for_those_who_take_it():
    text = json.dumps("x" * 2000).encode()
    answer = await call("Echo", text, content_type="application/json", accept_encoding="gzip, br")
    assert answer.headers[b"content-encoding"] == b"gzip"
    assert len(answer.body) < 100
    assert gzip.decompress(answer.body) == text
    answer = await call("Echo", text, content_type="application/json")
    assert answer.body == text


@pytest.mark.parametrize(
    ("query", "content_type", "body"),
    [
        (f"encoding=json&message={quote(json.dumps('hello'))}", b"application/json", b'"hello"'),
        (f"connect=v1&encoding=proto&base64=1&message={BASE64}", b"application/proto", HELLO),
        (f"connect=v1&encoding=proto&base64=1&compression=gzip&message={ZIPPED}", b"application/proto", HELLO),
    ],
)
async def test_a_call_that_only_reads_may_be_a_get(query, content_type, body):
    answer = await call("Echo", method="GET", query=query)
    assert (answer.status, answer.body, answer.headers[b"content-type"]) == (200, body, content_type)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "encoding"),
        ("encoding=xml&message=a", "encoding"),
        ("encoding=json&message={", "not valid JSON"),
        ("encoding=proto&base64=1&message=%21", "base64"),
        ("encoding=proto&base64=1&message=_w", "not a valid"),
        ("encoding=proto&base64=1&message=a", "base64"),
        ("connect=v2&encoding=json&message=%22a%22", "connect-protocol-version"),
    ],
)
async def test_a_get_that_says_nothing_useful_is_refused(query, says):
    answer = await call("Echo", method="GET", query=query)
    error = json.loads(answer.body)
    assert (answer.status, error["code"]) == (400, "invalid_argument")
    assert says in error["message"]


@pytest.mark.parametrize(
    ("name", "body", "headers", "status", "code"),
    [
        ("Missing", b'""', {}, 404, "not_found"),
        ("Bug", b'""', {}, 500, "internal"),
        ("Echo", b"{", {}, 400, "invalid_argument"),
        ("Echo", b'""', {"connect_protocol_version": "2"}, 400, "invalid_argument"),
        ("Echo", b'""', {"connect_timeout_ms": "soon"}, 400, "invalid_argument"),
        ("Echo", b'""', {"connect_timeout_ms": "0"}, 504, "deadline_exceeded"),
        ("Forever", b'""', {"connect_timeout_ms": "10"}, 504, "deadline_exceeded"),
        ("Echo", b'""', {"content_encoding": "br"}, 415, "unimplemented"),
        ("Echo", b'""', {"content_encoding": "gzip"}, 400, "invalid_argument"),
        ("Echo", b"x" * (LIMIT + 1), {}, 413, "resource_exhausted"),
        ("Echo", gzip.compress(b"x" * (LIMIT + 1), mtime=0), {"content_encoding": "gzip"}, 413, "resource_exhausted"),
    ],
)
async def test_a_failed_call_has_an_http_status_and_a_json_error(name, body, headers, status, code):
    answer = await call(name, body, content_type="application/json", **headers)
    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
    assert answer.headers[b"content-type"] == b"application/json"
    assert b"secret" not in answer.body


@pytest.mark.parametrize(
    ("content_type", "request_frame", "messages"),
    [
        ("application/connect+json", frame(b'"2"'), [b'"0"', b'"1"']),
        (
            "application/connect+proto",
            frame(StringValue(value="2").SerializeToString()),
            [StringValue(value=one).SerializeToString() for one in "01"],
        ),
    ],
)
async def test_a_stream_is_frames_and_an_end(content_type, request_frame, messages):
    answer = await call("Count", request_frame, content_type=content_type)
    assert (answer.status, answer.headers) == (200, {b"content-type": content_type.encode()})
    assert frames(answer.body) == [*((0, message) for message in messages), (END_STREAM, b"{}")]


async def test_a_stream_that_fails_says_so_in_its_end():
    answer = await call("CountThenFail", frame(b'"one"'), content_type="application/connect+json")
    first, (flags, end) = frames(answer.body)
    assert first == (0, b'"one"')
    assert (flags, json.loads(end)) == (END_STREAM, {"error": {"code": "unavailable", "message": "draining"}})


@pytest.mark.parametrize("body", [b"", frame(b'"1"')[:-1], frame(b'"1"') * 2])
async def test_a_stream_takes_exactly_one_message(body):
    answer = await call("Count", body, content_type="application/connect+json")
    ((flags, end),) = frames(answer.body)
    assert (answer.status, flags, json.loads(end)["error"]["code"]) == (200, END_STREAM, "invalid_argument")
