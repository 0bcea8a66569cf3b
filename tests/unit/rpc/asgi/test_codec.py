"""Messages as bytes: protobuf and its JSON form."""

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from flagd.rpc.asgi.codec import JSON, PROTO, MessageError
from flagd.v1.evaluation_pb2 import EvaluateRequest, EvaluateResponse

REQUEST = EvaluateRequest(project="shop", flag_keys=["checkout"])


@pytest.mark.parametrize(
    ("codec", "data"),
    [
        (PROTO, REQUEST.SerializeToString()),
        (JSON, b'{"project": "shop", "flagKeys": ["checkout"]}'),
        (JSON, b'{"project": "shop", "flag_keys": ["checkout"]}'),
        (JSON, b'{"project": "shop", "flagKeys": ["checkout"], "later": 1}'),
    ],
)
def test_a_request_is_read(codec, data):
    assert codec.decode(data, EvaluateRequest) == REQUEST


def test_an_empty_json_body_is_an_empty_message():
    assert JSON.decode(b"", EvaluateRequest) == EvaluateRequest()


@pytest.mark.parametrize("reply", [EvaluateResponse(revision="1"), EvaluateResponse(revision="1").SerializeToString()])
def test_a_reply_is_written_whether_it_was_serialised_or_not(reply):
    assert EvaluateResponse.FromString(PROTO.encode(reply, EvaluateResponse)).revision == "1"
    assert JSON.encode(reply, EvaluateResponse) == b'{"revision": "1"}'


@pytest.mark.parametrize(
    ("codec", "data"),
    [
        (PROTO, b"\xff\xff\xff"),
        (PROTO, b"\x0a\x05ab"),
        (JSON, b"{"),
        (JSON, b"[1]"),
        (JSON, b'{"project": 1}'),
        (JSON, b"\xff\xfe"),
        (JSON, b"[" * 100_000),
        (JSON, b'{"project": "a", "project": "b"}'),
        (JSON, b'{"user": ' + b"9" * 10_000 + b"}"),
    ],
)
def test_anything_else_is_refused_by_the_name_of_the_message(codec, data):
    with pytest.raises(MessageError, match=r"not a valid flagd\.v1\.EvaluateRequest") as refused:
        codec.decode(data, EvaluateRequest)
    assert len(str(refused.value)) < 300


def test_a_bare_json_value_is_the_form_of_a_wrapper():
    assert JSON.decode(b'"text"', StringValue).value == "text"
