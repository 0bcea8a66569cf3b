"""gRPC over ASGI: every kind of call, every way to end."""

import asyncio
import gzip
import json

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from flagd.rpc.status import Status
from flagd.transport.asgi import Front
from flagd.transport.asgi.frame import FrameReader, frame
from tests.unit.flagd.transport.asgi.caller import Caller
from tests.unit.flagd.transport.asgi.echo import METHODS

LIMIT = 1000
GRPC = {"content-type": "application/grpc", "te": "trailers"}


def message(text, flags=0):
    return frame(StringValue(value=text).SerializeToString(), flags)


def texts(answer):
    return [StringValue.FromString(one).value for one in FrameReader(LIMIT).feed(answer.body)]


async def call(name, *parts, **headers):
    headers = GRPC | {field.replace("_", "-"): value for field, value in headers.items()}
    return await Caller(Front(METHODS, limit=LIMIT)).call(f"/echo.Echo/{name}", *parts, headers=headers)


@pytest.mark.parametrize("name", ["Echo", "Serialised"])
async def test_a_unary_call_is_answered_with_one_message(name):
    answer = await call(name, message("hello"))
    assert (answer.status, answer.headers) == (200, {b"content-type": b"application/grpc"})
    assert texts(answer) == ["hello"]
    assert answer.trailers == {b"grpc-status": b"0"}


@pytest.mark.parametrize("cut", [1, 3, 5, 7])
async def test_a_message_may_come_in_parts(cut):
    body = message("hello")
    assert texts(await call("Echo", body[:cut], body[cut:])) == ["hello"]


async def test_a_compressed_message_is_read():
    data = gzip.compress(StringValue(value="hello").SerializeToString())
    assert texts(await call("Echo", frame(data, flags=1), grpc_encoding="gzip")) == ["hello"]


async def test_messages_may_be_json():
    answer = await call("Echo", frame(b'"hello"'), content_type="application/grpc+json")
    assert answer.headers == {b"content-type": b"application/grpc+json"}
    assert [json.loads(one) for one in FrameReader(LIMIT).feed(answer.body)] == ["hello"]


async def test_the_content_type_may_name_protobuf():
    answer = await call("Echo", message("hello"), content_type="application/grpc+proto")
    assert answer.headers == {b"content-type": b"application/grpc+proto"}
    assert texts(answer) == ["hello"]


async def test_a_stream_is_every_message_and_an_ok():
    answer = await call("Count", message("3"))
    assert texts(answer) == ["0", "1", "2"]
    assert answer.grpc_status == Status.OK


async def test_an_empty_stream_is_an_ok():
    answer = await call("Count", message("0"))
    assert (answer.body, answer.grpc_status) == (b"", Status.OK)


async def test_a_stream_can_fail_after_messages():
    answer = await call("CountThenFail", message("one"))
    assert texts(answer) == ["one"]
    assert (answer.grpc_status, answer.grpc_message) == (Status.UNAVAILABLE, "draining")


async def test_a_conversation_answers_message_by_message():
    answer = await call("Upper", message("a") + message("b")[:3], message("b")[3:], message("c"))
    assert texts(answer) == ["A", "B", "C"]
    assert answer.grpc_status == Status.OK


async def test_a_conversation_that_breaks_off_is_a_fault_of_the_caller():
    answer = await call("Upper", message("a") + b"\0\0")
    assert texts(answer) == ["A"]
    assert answer.grpc_status == Status.INVALID_ARGUMENT


async def test_text_metadata_reaches_the_service_and_binary_does_not():
    assert texts(await call("Metadata", message("authorization"), authorization="Api-Key x")) == ["Api-Key x"]
    assert texts(await call("Metadata", message("trace-bin"), trace_bin="AAEC")) == ["none"]


async def test_the_service_knows_the_time_that_remains():
    assert texts(await call("Remaining", message(""), grpc_timeout="1500m")) == ["1.5"]
    assert texts(await call("Remaining", message(""))) == ["None"]


@pytest.mark.parametrize("name", ["Forever", "Silent"])
async def test_a_call_ends_at_its_deadline(name):
    answer = await call(name, message(""), grpc_timeout="10m")
    assert answer.grpc_status == Status.DEADLINE_EXCEEDED


@pytest.mark.parametrize("name", ["Forever", "Silent"])
async def test_a_call_ends_when_its_caller_has_gone(name):
    caller = Caller(Front(METHODS))
    running = asyncio.create_task(caller.call(f"/echo.Echo/{name}", message(""), headers=GRPC))
    caller.gone.set()
    answer = await running
    assert answer.status == 0


@pytest.mark.parametrize(
    ("name", "body", "headers", "status", "says"),
    [
        ("Missing", message(""), {}, Status.NOT_FOUND, "no %C3%A9"),
        ("Bug", message(""), {}, Status.INTERNAL, "internal error"),
        ("Nope", message(""), {}, Status.UNIMPLEMENTED, "no such method"),
        ("Echo", b"", {}, Status.INVALID_ARGUMENT, "takes one message"),
        ("Echo", message("a") + message("b"), {}, Status.INVALID_ARGUMENT, "takes one message"),
        ("Echo", message("a")[:-1], {}, Status.INVALID_ARGUMENT, "ends inside a message"),
        ("Echo", message("a", flags=1), {}, Status.INVALID_ARGUMENT, "no encoding is named"),
        ("Echo", message("a", flags=1), {"grpc_encoding": "gzip"}, Status.INVALID_ARGUMENT, "not valid gzip"),
        ("Echo", message("a", flags=1), {"grpc_encoding": "snappy"}, Status.UNIMPLEMENTED, "identity,gzip,deflate"),
        ("Echo", message("a", flags=4), {}, Status.INVALID_ARGUMENT, "0x04"),
        ("Echo", message("x" * LIMIT), {}, Status.RESOURCE_EXHAUSTED, "limit of 1000"),
        ("Echo", b"\0\xff\xff\xff\xffa", {}, Status.RESOURCE_EXHAUSTED, "limit of 1000"),
        ("Echo", frame(b"\xff\xff"), {}, Status.INVALID_ARGUMENT, "not a valid google.protobuf.StringValue"),
        ("Echo", message("a"), {"grpc_timeout": "soon"}, Status.INVALID_ARGUMENT, "grpc-timeout"),
        ("Echo", message("a"), {"grpc_timeout": "0S"}, Status.DEADLINE_EXCEEDED, "deadline"),
    ],
)
async def test_a_failed_call_has_a_status_and_a_reason(name, body, headers, status, says):
    answer = await call(name, body, **headers)
    assert answer.status == 200
    assert answer.grpc_status == status
    assert says in answer.grpc_message
    assert answer.headers[b"grpc-accept-encoding"] == b"identity,gzip,deflate"


async def test_the_text_of_a_bug_goes_neither_to_the_caller_nor_into_the_log(caplog):
    answer = await call("Bug", message("secret"))
    assert "secret" not in f"{answer}{caplog.text}"
    assert "/echo.Echo/Bug failed: ValueError" in caplog.text
