"""Every limit of the API has its own error, which names it; and what is at the limit passes."""

import re

import grpc
import pytest
from google.protobuf.json_format import ParseDict

from flagd.v1.evaluation_pb2 import (
    EvaluateBatchRequest,
    EvaluateRequest,
    ExplainRequest,
    User,
    WatchRequest,
)
from tests.wire.shop import flag

INVALID = grpc.StatusCode.INVALID_ARGUMENT
EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED


def user(**fields):
    return ParseDict(fields, User())


REFUSED = [
    ({"flag_keys": ["x" * 257]}, "flag_keys: longer than 256 bytes"),
    ({"flag_keys": [str(n) for n in range(1001)]}, "flag_keys: 1001 given, at most 1000 allowed"),
    ({"project": "x" * 257}, "project: longer than 256 bytes"),
    ({"user": user(userId="x" * 4097)}, "user.user_id: longer than 4096 bytes"),
    ({"user": user(carrier="é" * 2049)}, "user.carrier: longer than 4096 bytes"),
    (
        {"user": user(userProperties={str(n): n for n in range(101)})},
        "user.user_properties: 101 given, at most 100 allowed",
    ),
    (
        {"user": user(userProperties={"x" * 257: 1})},
        "user.user_properties: the name of a property: longer than 256 bytes",
    ),
    ({"user": user(userProperties={"a": ["x" * 4097]})}, "user.user_properties.a: longer than 4096 bytes"),
    (
        {"user": user(userProperties={"a": [[0] * 999]})},
        "user.user_properties: more than 1000 values, nested ones included",
    ),
    ({"user": user(cohortIds=["x"] * 1001)}, "user.cohort_ids: 1001 given, at most 1000 allowed"),
    ({"user": user(groups={str(n): {} for n in range(101)})}, "user.groups: 101 given, at most 100 allowed"),
]


@pytest.mark.parametrize(("fields", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_evaluate_and_watch_refuse_what_is_too_large(shop, call, fields, message):
    stub = call(shop)
    for answer in (
        lambda: stub.Evaluate(EvaluateRequest(**fields)),
        lambda: next(stub.Watch(WatchRequest(**fields))),
    ):
        with pytest.raises(grpc.RpcError) as failed:
            answer()
        assert (failed.value.code(), failed.value.details()) == (INVALID, message)


def test_explain_refuses_a_long_flag_key(shop, call):
    with pytest.raises(grpc.RpcError) as failed:
        call(shop).Explain(ExplainRequest(flag_key="x" * 257))
    assert (failed.value.code(), failed.value.details()) == (INVALID, "flag_key: longer than 256 bytes")


AT_THE_LIMIT = [
    {"flag_keys": ["x" * 256]},
    {"flag_keys": [str(n) for n in range(1000)]},
    {"user": user(userId="x" * 4096)},
    {"user": user(userProperties={str(n): "x" * 4096 for n in range(100)})},
    {"user": user(userProperties={"x" * 256: [0] * 999})},
    {"user": user(cohortIds=["x" * 256] * 1000)},
]


@pytest.mark.parametrize("fields", AT_THE_LIMIT)
def test_a_request_at_the_limit_is_answered(shop, call, fields):
    assert call(shop).Evaluate(EvaluateRequest(**fields)).revision


BATCHES = [
    (1001, ["checkout"], INVALID, "users: 1001 given, at most 1000 allowed"),
    (200, [str(n) for n in range(101)], INVALID, "users × flags: 20200 given, at most 20000 allowed"),
    (2, [str(n) for n in range(1001)], INVALID, "flag_keys: 1001 given, at most 1000 allowed"),
]


@pytest.mark.parametrize(("users", "keys", "code", "message"), BATCHES)
def test_a_batch_too_large_is_refused(shop, call, users, keys, code, message):
    with pytest.raises(grpc.RpcError) as failed:
        call(shop).EvaluateBatch(EvaluateBatchRequest(users=[User()] * users, flag_keys=keys))
    assert (failed.value.code(), failed.value.details()) == (code, message)


def test_a_batch_at_the_limit_is_answered(shop, call):
    request = EvaluateBatchRequest(users=[User()] * 1000, flag_keys=[f"f{n}" for n in range(20)])
    assert len(call(shop).EvaluateBatch(request).results) == 1000


def test_a_batch_whose_answer_is_too_large_is_refused(tmp_path, start, call):
    payload = "x" * 4090
    (tmp_path / "flag.yaml").write_text(flag("big", "on").replace('key: "on"', f'key: "on", payload: "{payload}"'))
    stub = call(start(tmp_path))
    users = [User(user_id=str(n)) for n in range(1000)]
    assert len(stub.EvaluateBatch(EvaluateBatchRequest(users=users[:900])).results) == 900
    with pytest.raises(grpc.RpcError) as failed:
        stub.EvaluateBatch(EvaluateBatchRequest(users=users))
    assert (failed.value.code(), failed.value.details()) == (
        EXHAUSTED,
        "response: larger than 4194304 bytes; ask for fewer users or flags",
    )


def test_a_message_over_1_mib_is_refused_unread(shop, call):
    request = EvaluateRequest(user=User(user_id="x" * (1024 * 1024)))
    with pytest.raises(grpc.RpcError) as failed:
        call(shop).Evaluate(request)
    assert failed.value.code() == EXHAUSTED
    assert re.search(r"\b10485\d\d\b", failed.value.details()), "names the limit"


HOSTILE = [b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x12\x03\x0a\x01\xff", bytes(range(256)), b"\x12" * 1000]


@pytest.mark.parametrize("body", HOSTILE)
def test_bytes_that_are_no_request_are_refused_without_a_trace_of_ours(shop, body):
    with grpc.insecure_channel(shop.listen) as channel:
        evaluate = channel.unary_unary("/flagd.v1.EvaluationService/Evaluate")
        with pytest.raises(grpc.RpcError) as failed:
            evaluate(body)
    assert (failed.value.code(), failed.value.details()) == (
        INVALID,
        "not a valid flagd.v1.EvaluateRequest",
    )


def test_a_value_nested_too_deep_is_refused_by_the_parser(shop):
    value = b""
    for _ in range(200):
        inner = b"\x0a" + _length(value) + value
        value = b"\x32" + _length(inner) + inner
    entry = b"\x0a\x01a\x12" + _length(value) + value
    struct = b"\x0a" + _length(entry) + entry
    user_bytes = b"\x8a\x01" + _length(struct) + struct
    with grpc.insecure_channel(shop.listen) as channel:
        evaluate = channel.unary_unary("/flagd.v1.EvaluationService/Evaluate")
        with pytest.raises(grpc.RpcError) as failed:
            evaluate(b"\x12" + _length(user_bytes) + user_bytes)
    assert failed.value.code() == INVALID


def test_an_unknown_method_is_unimplemented(shop):
    with grpc.insecure_channel(shop.listen) as channel, pytest.raises(grpc.RpcError) as failed:
        channel.unary_unary("/flagd.v1.EvaluationService/Nope")(b"")
    assert failed.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_large_metadata_is_refused(shop, call):
    with pytest.raises(grpc.RpcError) as failed:
        call(shop).Evaluate(EvaluateRequest(), metadata=[("x-filler", "x" * 63_000)])
    assert failed.value.code() in {EXHAUSTED, grpc.StatusCode.INTERNAL}, "gRPC answers, Envoy resets the stream"


def _length(data):
    encoded, size = bytearray(), len(data)
    while size > 0x7F:
        encoded.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*encoded, size])
