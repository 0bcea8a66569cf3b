"""gRPC over Envoy, with the stock Python client."""

import threading

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue, StringValue

from tests.wire.process import eventually

SECONDS = 60
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def channel(toy):
    with grpc.insecure_channel(toy.listen) as channel:
        yield channel


def unary(channel, name, message=StringValue):
    return channel.unary_unary(
        f"/toy.Toy/{name}",
        request_serializer=message.SerializeToString,
        response_deserializer=message.FromString,
    )


def stream(channel, name):
    return channel.unary_stream(
        f"/toy.Toy/{name}",
        request_serializer=StringValue.SerializeToString,
        response_deserializer=StringValue.FromString,
    )


def chat(channel):
    return channel.stream_stream(
        "/toy.Toy/Chat",
        request_serializer=StringValue.SerializeToString,
        response_deserializer=StringValue.FromString,
    )


def cancelled(channel):
    return int(unary(channel, "Cancelled")(StringValue(), timeout=SECONDS).value)


def test_a_unary_call_is_answered(channel):
    assert unary(channel, "Echo")(StringValue(value="hi"), timeout=SECONDS).value == "hi"


def test_a_compressed_call_is_answered(channel):
    text = "hi" * 10_000
    answer = unary(channel, "Echo")(StringValue(value=text), timeout=SECONDS, compression=grpc.Compression.Gzip)
    assert answer.value == text


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("Missing", grpc.StatusCode.NOT_FOUND, "nothing called 100 % “that”"),
        ("Bug", grpc.StatusCode.INTERNAL, "internal error"),
        ("Nope", grpc.StatusCode.UNIMPLEMENTED, "no such method"),
    ],
)
def test_a_failed_call_has_a_status_and_a_reason(channel, name, status, says):
    with pytest.raises(grpc.RpcError) as failed:
        unary(channel, name)(StringValue(), timeout=SECONDS)
    assert (failed.value.code(), failed.value.details()) == (status, says)


def test_metadata_reaches_the_service_and_binary_metadata_does_not(channel):
    metadata = (("x-colour", "red"), ("trace-bin", b"\0\1\2"))
    call = unary(channel, "Metadata")
    assert call(StringValue(value="x-colour"), timeout=SECONDS, metadata=metadata).value == "red"
    assert call(StringValue(value="trace-bin"), timeout=SECONDS, metadata=metadata).value.startswith("none of")


def test_a_call_ends_at_its_deadline(channel):
    with pytest.raises(grpc.RpcError) as failed:
        unary(channel, "Wait")(StringValue(value="60"), timeout=0.1)
    assert failed.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


@pytest.mark.parametrize(
    "start", [lambda channel: unary(channel, "Wait").future, lambda channel: stream(channel, "Follow")]
)
def test_the_service_learns_that_its_caller_has_gone(channel, start):
    before = cancelled(channel)
    call = start(channel)(StringValue(value="60"))
    assert unary(channel, "Echo")(StringValue(value="hi"), timeout=SECONDS).value == "hi"
    call.cancel()
    eventually(lambda: cancelled(channel) == before + 1)


def test_a_stream_is_every_message_in_order(channel):
    answers = stream(channel, "Count")(StringValue(value="2000"), timeout=SECONDS)
    assert [answer.value for answer in answers] == [str(number) for number in range(2000)]
    assert answers.code() is grpc.StatusCode.OK


def test_a_conversation_goes_back_and_forth(channel):
    said = []
    heard = threading.Semaphore(1)

    def requests():
        for word in ("one", "two", "three"):
            assert heard.acquire(timeout=SECONDS)
            yield StringValue(value=word)

    for answer in chat(channel)(requests(), timeout=SECONDS):
        said.append(answer.value)
        heard.release()
    assert said == ["ONE", "TWO", "THREE"]


def test_a_conversation_that_fails_keeps_its_secrets(channel):
    with pytest.raises(grpc.RpcError) as failed:
        list(chat(channel)(iter([StringValue(value="bug")]), timeout=SECONDS))
    assert (failed.value.code(), failed.value.details()) == (grpc.StatusCode.INTERNAL, "internal error")


@pytest.mark.parametrize("size", [0, 1, 16 * 1024, MIB - 10])
def test_messages_up_to_the_limit_pass_whole(channel, size):
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert unary(channel, "Bytes", BytesValue)(BytesValue(value=data), timeout=SECONDS).value == data


@pytest.mark.parametrize("size", [MIB + 1, 5 * MIB])
def test_a_message_over_the_limit_is_refused(channel, size):
    with pytest.raises(grpc.RpcError) as failed:
        unary(channel, "Bytes", BytesValue)(BytesValue(value=bytes(size)), timeout=SECONDS)
    assert failed.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_many_calls_at_once_are_each_answered(channel):
    calls = [unary(channel, "Echo").future(StringValue(value=str(number)), timeout=SECONDS) for number in range(1000)]
    assert [call.result().value for call in calls] == [str(number) for number in range(1000)]
