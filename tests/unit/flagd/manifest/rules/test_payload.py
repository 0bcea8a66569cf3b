from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import json_format

from flagd.manifest.path import format_path
from flagd.manifest.rules.payload import EXACT, MAX_DEPTH, MAX_PAYLOAD_BYTES, check_payload, check_sizes
from flagd.openfeature.v1.evaluation_pb2 import AnyFlag, ResolveAllResponse, ResolveObjectResponse
from flagd.rpc.struct import to_struct, to_value
from flagd.ruleset import canonical_json
from flagd.v1.evaluation_pb2 import (
    EvaluateBatchResponse,
    EvaluateBatchResult,
    EvaluateResponse,
    ExplainResponse,
    Variant,
    WatchResponse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message


def found(payload: Any) -> list[tuple[str, str]]:
    return [(format_path(one.path), one.reason) for one in check_payload(payload, ("payload",))]


@pytest.mark.parametrize("payload", [None, 1, "x", True, {"a": [1, {"b": 2.5}]}, EXACT, -EXACT, [], {}])
def test_what_travels_unchanged_is_not_spoken_of(payload: Any):
    assert found(payload) == []


@pytest.mark.parametrize(
    "payload", [float("inf"), float("nan"), "\ud800", {"a\udc00": 1}, [{"a": "x\ud800"}], {"a": {1}}]
)
def test_what_is_not_json_is_refused(payload: Any):
    assert found(payload) == [("payload", "InvalidPayload")]


def test_the_first_null_member_is_warned_of():
    assert found({"a": 1, "b": {"c": None}, "d": None}) == [("payload.b.c", "NullMember")]


@pytest.mark.parametrize("number", [EXACT + 1, -EXACT - 1, 2**70])
def test_the_first_integer_that_gets_rounded_is_warned_of(number: int):
    assert found([1, number, number]) == [("payload[1]", "LargeInteger")]


def test_a_payload_that_is_nested_too_deep_is_refused():
    payload: Any = 1
    for _ in range(MAX_DEPTH * 100):
        payload = [payload]
    assert found(payload) == [("payload", "TooDeep")]


def nested(*kinds: str) -> Any:
    payload: Any = 1
    for kind in reversed(kinds):
        payload = [payload] if kind == "list" else {"a": payload}
    return payload


FITS = [["list"] * 48, ["map"] * 32, ["map", "list"] * 19, ["list"] * 3 + ["map"] * 30]


def answers(payload: Any) -> Iterator[Message]:
    """Yield an answer of every service that carries payloads."""
    variant = Variant(key="on", payload=to_value(payload))
    yield EvaluateResponse(variants={"f": variant})
    yield EvaluateBatchResponse(results=[EvaluateBatchResult(variants={"f": variant})])
    yield WatchResponse(variants={"f": variant})
    yield ExplainResponse(dependencies=[ExplainResponse(variant=variant)])
    if isinstance(payload, dict):
        yield ResolveAllResponse(flags={"f": AnyFlag(object_value=to_struct(payload))})
        yield ResolveObjectResponse(value=to_struct(payload))


@pytest.mark.parametrize("kinds", FITS, ids=len)
def test_every_answer_carries_what_may_be_nested(kinds: list[str]):
    payload = nested(*kinds)
    assert found(payload) == []
    for answer in answers(payload):
        assert type(answer)().FromString(answer.SerializeToString()) == answer
        json_format.MessageToJson(answer)
    assert json.loads(canonical_json(payload)) == payload


@pytest.mark.parametrize("kinds", [[*kinds, last] for kinds in FITS for last in ("list", "map")], ids=len)
def test_what_is_nested_deeper_than_an_answer_carries_is_refused(kinds: list[str]):
    assert found(nested(*kinds)) == [("payload", "TooDeep")]


@pytest.mark.parametrize(
    "payload",
    [
        "x" * MAX_PAYLOAD_BYTES,
        "\x00" * (MAX_PAYLOAD_BYTES // 6),
        "é" * (MAX_PAYLOAD_BYTES // 2),
        [0] * 100_000,
        ["x" * 1000] * 1100,
    ],
    ids=["text", "escapes", "bytes", "numbers", "aliases"],
)
def test_a_payload_that_takes_too_much_in_an_answer_is_refused(payload: Any):
    assert [one.reason for one in check_sizes([(("payload",), payload)])] == ["LimitExceeded"]
    size = max(to_value(payload).ByteSize(), len(canonical_json(payload)))
    assert size > MAX_PAYLOAD_BYTES // 2


def test_payloads_of_one_flag_count_together():
    half = "x" * (MAX_PAYLOAD_BYTES // 2)
    both = [(("a",), half), (("b",), half), (("c",), half)]
    (finding,) = check_sizes(both)
    assert (finding.path, finding.reason) == (("b",), "LimitExceeded")
    assert list(check_sizes(both[:1])) == []
