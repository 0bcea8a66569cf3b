"""Questions as the SDKs put them, and as nobody should."""

import pytest

from flagd.api.amplitude.question import read_legacy_question, read_question
from flagd.rpc.status import InvalidArgument
from flagd.tracking.telling import Telling
from tests.unit.flagd.api.requests import base64url, request

ANN = {"user_id": "ann"}
HEADER = base64url(ANN)


def test_the_user_is_read_from_the_header_or_else_from_the_body():
    for asked in (request(x_amp_exp_user=HEADER), request(x_amp_exp_user=HEADER + "=="), request(body=ANN)):
        assert read_question(asked).context == {"user": ANN}


def test_a_user_in_the_header_counts_before_one_in_the_body():
    assert read_question(request(x_amp_exp_user=HEADER, body={"user_id": "bob"})).context == {"user": ANN}


def test_groups_are_read_as_the_sdks_write_them():
    user = {**ANN, "groups": {"company": ["acme"]}, "group_properties": {"company": {"acme": {"plan": "pro"}}}}
    groups = {"company": {"group_name": "acme", "group_properties": {"plan": "pro"}}}
    assert read_question(request(body=user)).context == {"user": ANN, "groups": groups}


@pytest.mark.parametrize(
    ("query", "headers", "keys"),
    [
        ("", {}, []),
        ("flag_key=a", {}, ["a"]),
        ("flag_keys=a,b%20,,a", {}, ["a", "b"]),
        ("flag_key=c", {"x_amp_exp_flag_keys": base64url(["a", "b"])}, ["a", "b"]),
        ("", {"x_amp_exp_flag_keys": base64url([])}, []),
    ],
)
def test_flag_keys_are_read_from_the_header_or_else_from_the_query(query, headers, keys):
    assert read_question(request(query=query, body=ANN, **headers)).flag_keys == keys


@pytest.mark.parametrize(
    ("headers", "telling"),
    [
        ({}, Telling(exposures=False, assignment=True)),
        (
            {"x_amp_exp_track": "no-track", "x_amp_exp_exposure_track": "track"},
            Telling(exposures=True, assignment=False),
        ),
        ({"x_amp_exp_track": "read-only"}, Telling(exposures=False, assignment=False)),
    ],
)
def test_headers_say_what_is_to_be_told_of_the_answer(headers, telling):
    assert read_question(request(body=ANN, **headers)).telling == telling


def test_a_legacy_question_is_all_in_the_query():
    query = 'user_id=ann&flag_keys=a&context={"user_id":"bob","user_properties":{"plan":"pro"}}'
    question = read_legacy_question(request(query=query))
    assert question.context == {"user": {"user_id": "ann", "user_properties": {"plan": "pro"}}}
    assert question.flag_keys == ["a"]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (request(body=b"{"), "body: not valid JSON (line 1, column 2)"),
        (request(body=[1]), "user: must be an object, not a list"),
        (request(x_amp_exp_user="ä"), "x-amp-exp-user: must be base64url"),
        (request(x_amp_exp_user="abcde"), "x-amp-exp-user: must be base64url"),
        (request(x_amp_exp_user="e30x"), "x-amp-exp-user: not valid JSON (line 1, column 3)"),
        (request(x_amp_exp_user="e30=!"), "x-amp-exp-user: must be base64url"),
        (request(body=ANN, x_amp_exp_flag_keys=base64url("a")), "x-amp-exp-flag-keys: must be a list of strings"),
        (request(body=ANN, x_amp_exp_flag_keys=base64url([1])), "x-amp-exp-flag-keys: must be a list of strings"),
        (request(body=ANN, query="eval_mode=both"), "eval_mode: must be remote or local"),
        (request(body=ANN, query="a&" * 200), "query: at most 100 parameters allowed"),
        (request(body=ANN, query=f"flag_key={'a' * 257}"), "flag_keys: longer than 256 bytes"),
    ],
)
def test_a_question_that_is_none_says_what_would_be_right(asked, text):
    with pytest.raises(InvalidArgument) as refused:
        read_question(asked)
    assert refused.value.message == text


@pytest.mark.parametrize("context", ["{", "[]", "1"])
def test_a_legacy_context_must_be_an_object(context):
    with pytest.raises(InvalidArgument, match=r"^context: "):
        read_legacy_question(request(query=f"user_id=ann&context={context}"))
