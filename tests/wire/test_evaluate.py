"""Evaluate and EvaluateBatch, as a caller sees them."""

import time

import grpc
import pytest
from google.protobuf.json_format import MessageToDict, ParseDict

from flagd.v1.evaluation_pb2 import (
    ErrorCode,
    EvaluateBatchRequest,
    EvaluateRequest,
    ExplainRequest,
    Reason,
    User,
)
from tests.wire.shop import OTHER, SHOP

PRO = ParseDict({"userId": "ann", "userProperties": {"plan": "pro"}}, User())


def test_a_user_gets_the_variant_its_payload_and_why(shop, call):
    answer = call(shop).Evaluate(EvaluateRequest(project="shop", user=PRO, flag_keys=["checkout"]))
    assert MessageToDict(answer.variants["checkout"]) == {
        "key": "on",
        "value": "on",
        "payload": {"columns": 2.0},
        "reason": "REASON_TARGETING_MATCH",
        "segment": "pro",
        "flagVersion": "7",
        "metadata": {
            "deployed": True,
            "evaluationMode": "remote",
            "flagType": "release",
            "flagVersion": 7.0,
            "segmentName": "pro",
            "team": "payments",
        },
    }


def test_an_answer_says_which_revision_and_how_old(shop, call):
    answer = call(shop).Evaluate(EvaluateRequest(user=PRO))
    assert answer.revision == shop.ready()["projects"]["shop"]["revision"]
    assert not answer.stale
    assert abs(answer.as_of.ToSeconds() - time.time()) < 60


def test_no_flag_key_asks_for_all_flags_but_groups(shop, call):
    answer = call(shop).Evaluate(EvaluateRequest(user=PRO))
    assert sorted(answer.variants) == ["checkout", "colour", "hidden", "secret"]


def test_exactly_the_flags_asked_for_come_back_without_their_parents(shop, call):
    answer = call(shop).Evaluate(EvaluateRequest(user=PRO, flag_keys=["colour", "colour"]))
    assert list(answer.variants) == ["colour"]
    assert answer.variants["colour"].key in {"red", "green"}


@pytest.mark.parametrize("key", ["no-such-flag", "held", "", "吉"])
def test_an_unknown_flag_and_a_group_are_entries_with_an_error(shop, call, key):
    answer = call(shop).Evaluate(EvaluateRequest(user=PRO, flag_keys=[key, "checkout"]))
    assert answer.variants["checkout"].key == "on"
    unknown = answer.variants[key]
    assert (unknown.key, unknown.reason, unknown.error_code) == (
        "",
        Reason.REASON_ERROR,
        ErrorCode.ERROR_CODE_FLAG_NOT_FOUND,
    )


def test_whole_numbers_read_as_people_write_them(shop, call):
    user = ParseDict({"userProperties": {"seats": 42}}, User())
    answer = call(shop).Evaluate(EvaluateRequest(user=user, flag_keys=["checkout"]))
    assert answer.variants["checkout"].segment == "the answer"


def test_a_batch_answers_in_order_and_one_bad_user_spoils_nothing(shop, call):
    users = [PRO, User(user_id="x" * 5000), User(user_id="ann")]
    answer = call(shop).EvaluateBatch(EvaluateBatchRequest(users=users, flag_keys=["checkout", "secret"]))
    assert [{key: one.key for key, one in result.variants.items()} for result in answer.results] == [
        {"checkout": "on", "secret": "on"},
        {},
        {"checkout": "off", "secret": "on"},
    ]
    assert answer.results[1].error_code == ErrorCode.ERROR_CODE_INVALID_CONTEXT
    assert answer.results[1].error_message == "user.user_id: longer than 4096 bytes"
    assert answer.revision == shop.ready()["projects"]["shop"]["revision"]


def test_a_batch_says_what_single_calls_say(shop, call):
    users = [User(user_id=f"user-{n}", device_id=str(n)) for n in range(300)]
    stub = call(shop)
    batch = stub.EvaluateBatch(EvaluateBatchRequest(users=users))
    for user, result in zip(users[:20], batch.results, strict=False):
        assert result.variants == stub.Evaluate(EvaluateRequest(user=user)).variants


def test_an_empty_batch_is_an_empty_answer(shop, call):
    assert list(call(shop).EvaluateBatch(EvaluateBatchRequest()).results) == []


def test_explain_says_why(shop, call):
    answer = call(shop).Explain(ExplainRequest(user=PRO, flag_key="colour"))
    assert answer.flag_key == "colour"
    assert answer.variant.key in {"red", "green"}
    assert answer.segments[-1].bucket.salt == "colour"
    assert answer.segments[-1].bucket.value == "ann"
    assert answer.text
    assert "checkout" in [one.flag_key for one in answer.dependencies]
    assert answer.revision == shop.ready()["projects"]["shop"]["revision"]


def test_explain_of_an_unknown_flag_says_so(shop, call):
    answer = call(shop).Explain(ExplainRequest(user=PRO, flag_key="held"))
    assert answer.variant.error_code == ErrorCode.ERROR_CODE_FLAG_NOT_FOUND
    assert list(answer.segments) == []


def test_an_unknown_project_is_not_found(shop, call):
    with pytest.raises(grpc.RpcError) as failed:
        call(shop).Evaluate(EvaluateRequest(project="nope", user=PRO))
    assert (failed.value.code(), failed.value.details()) == (grpc.StatusCode.NOT_FOUND, "unknown project")


def test_with_several_projects_one_must_be_named(tmp_path, start, call):
    (tmp_path / "all.yaml").write_text(f"{SHOP}---{OTHER}")
    stub = call(start(tmp_path))
    assert list(stub.Evaluate(EvaluateRequest(project="billing", user=PRO)).variants) == ["invoice"]
    with pytest.raises(grpc.RpcError) as failed:
        stub.Evaluate(EvaluateRequest(user=PRO))
    assert failed.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert failed.value.details() == "project: required; name it in the call, or start flagd with --default-project"
