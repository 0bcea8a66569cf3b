import json

import pytest
from google.protobuf.json_format import MessageToDict

from flagd.transport.asgi.json.reply import write_json_reply
from flagd.v1.evaluation_pb2 import (
    EvaluateBatchResponse,
    EvaluateBatchResult,
    EvaluateResponse,
    ExplainResponse,
    Variant,
)


def variant(payload=None, **metadata):
    answer = Variant(key="on")
    if payload is not None:
        answer.payload.number_value = payload
    answer.metadata.update(metadata)
    return answer


ONE = EvaluateResponse(variants={"a": variant(flagVersion=1.0), "b": variant(share=0.5)}, revision="r")
REPLIES = [
    EvaluateResponse(),
    EvaluateResponse(revision="r"),
    ONE,
    EvaluateResponse(variants={str(number): variant() for number in range(200)}),
    EvaluateBatchResponse(results=[EvaluateBatchResult(variants=ONE.variants), EvaluateBatchResult()], revision="r"),
    ExplainResponse(flag_key="f", text="why"),
]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: f"{type(reply).__name__} {reply.ByteSize()}")
@pytest.mark.parametrize("encoded", [False, True])
async def test_pieces_make_the_whole(reply, encoded):
    text = await write_json_reply(reply.SerializeToString() if encoded else reply, type(reply))
    assert json.loads(text) == MessageToDict(reply)


async def test_whole_numbers_have_no_point_but_the_value_of_a_float():
    whole = (await write_json_reply(EvaluateResponse(variants={"a": variant(2.0)}), EvaluateResponse)).decode()
    decimal = EvaluateResponse(variants={"a": variant(2.0, valueType="Float")})
    assert '"payload": 2}' in whole or '"payload": 2,' in whole
    assert '"payload": 2.0' in (await write_json_reply(decimal, EvaluateResponse)).decode()
