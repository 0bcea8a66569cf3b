"""Messages as bytes: protobuf and its JSON form."""

import json

import pytest
from google.protobuf import json_format
from google.protobuf.wrappers_pb2 import StringValue

from flagd.rpc.status import InvalidArgument
from flagd.transport.asgi.codec import JSON, PROTO
from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, EvaluateRequest, EvaluateResponse

REQUEST = EvaluateRequest(project="shop", flag_keys=["checkout"])


@pytest.mark.parametrize(
    ("codec", "data"),
    [
        (PROTO, REQUEST.SerializeToString()),
        (JSON, b'{"project": "shop", "flagKeys": ["checkout"]}'),
        (JSON, b'{"project": "shop", "flag_keys": ["checkout"], "user": null}'),
    ],
)
async def test_a_request_is_read(codec, data):
    assert await codec.decode(data, EvaluateRequest) == REQUEST


async def test_an_empty_json_body_is_an_empty_message():
    assert await JSON.decode(b"", EvaluateRequest) == EvaluateRequest()


@pytest.mark.parametrize("reply", [EvaluateResponse(revision="1"), EvaluateResponse(revision="1").SerializeToString()])
async def test_a_reply_is_written_whether_it_was_serialised_or_not(reply):
    assert EvaluateResponse.FromString(await PROTO.encode(reply, EvaluateResponse)).revision == "1"
    assert await JSON.encode(reply, EvaluateResponse) == b'{"revision": "1"}'


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\x0a\x05ab", b"\x0b", b"\x0a\x01\xff", b"\xff" * 100_000])
async def test_bytes_that_are_no_message_are_refused_by_its_name(data):
    with pytest.raises(InvalidArgument, match=r"^not a valid flagd\.v1\.EvaluateRequest$"):
        await PROTO.decode(data, EvaluateRequest)


async def test_a_bare_json_value_is_the_form_of_a_wrapper():
    assert (await JSON.decode(b'"text"', StringValue)).value == "text"


async def test_a_large_message_is_read_as_a_small_one_is():
    user = {"user_id": "é" * 30, "user_properties": {"a": [1, {"b": None}], "c": True}, "cohort_ids": ["x", "y"]}
    people = {"groups": {"company": {"name": "acme", "properties": {"size": 3}}}}
    request = json_format.ParseDict({"users": [user | people] * 300, "flagKeys": ["a", "b"]}, EvaluateBatchRequest())
    assert await PROTO.decode(request.SerializeToString(), EvaluateBatchRequest) == request
    as_json = json_format.MessageToJson(request, indent=None).encode()
    assert await JSON.decode(as_json, EvaluateBatchRequest) == request


async def test_an_answer_in_pieces_is_the_json_that_protobuf_makes_of_it():
    variant = {"key": "on", "payload": {"n": [1, 2.5, "x"]}, "reason": "REASON_SPLIT", "flagVersion": "7"}
    answer = {"variants": {f"f{number}": variant for number in range(200)}, "revision": "1", "stale": True}
    reply = json_format.ParseDict(answer, EvaluateResponse())
    for _ in range(2):
        assert json.loads(await JSON.encode(reply, EvaluateResponse)) == answer
