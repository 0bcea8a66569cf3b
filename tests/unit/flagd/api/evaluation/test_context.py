"""User messages as evaluation contexts."""

import json

import pytest
from google.protobuf.json_format import ParseDict

from flagd.api.evaluation.context import evaluation_context
from flagd.rpc.status import InvalidArgument
from flagd.v1.evaluation_pb2 import User

CASES = [
    ({}, {"user": {}}),
    ({"userId": ""}, {"user": {"user_id": ""}}),
    (
        {"userId": "ann", "country": "US", "ipAddress": "::1", "os": "x"},
        {"user": {"user_id": "ann", "country": "US", "ip_address": "::1", "os": "x"}},
    ),
    (
        {"userProperties": {"plan": "pro", "seats": 42, "tags": [1, "a", None], "o": {"x": False}}},
        {"user": {"user_properties": {"plan": "pro", "seats": 42.0, "tags": [1.0, "a", None], "o": {"x": False}}}},
    ),
    ({"cohortIds": ["beta", "beta"]}, {"user": {"cohort_ids": ["beta", "beta"]}}),
    (
        {"groups": {"company": {"name": "acme", "properties": {"plan": "x"}, "cohortIds": ["c"]}, "team": {}}},
        {
            "user": {},
            "groups": {
                "company": {"group_name": "acme", "group_properties": {"plan": "x"}, "cohort_ids": ["c"]},
                "team": {},
            },
        },
    ),
]


@pytest.mark.parametrize(("message", "context"), CASES)
def test_a_user_becomes_amplitudes_context(message, context):
    assert evaluation_context(ParseDict(message, User())) == context


TOO_LARGE = [
    ({"userId": "x" * 4097}, "user.user_id: longer than 4096 bytes"),
    ({"city": "x" * 4097}, "user.city: longer than 4096 bytes"),
    ({"userProperties": {str(n): 1 for n in range(101)}}, "user.user_properties: 101 given, at most 100 allowed"),
    ({"userProperties": {"a": "x" * 4097}}, "user.user_properties.a: longer than 4096 bytes"),
    ({"userProperties": {"a": [{"b": "x" * 4097}]}}, "user.user_properties.a: longer than 4096 bytes"),
    ({"userProperties": {"x" * 257: 1}}, "user.user_properties: the name of a property: longer than 256 bytes"),
    ({"userProperties": {"a": [0] * 1000}}, "user.user_properties: more than 1000 values, nested ones included"),
    (
        {"userProperties": {"a": json.loads("[" * 31 + "]" * 31)}},
        "user.user_properties: more than 30 levels of lists and objects inside a property",
    ),
    (
        {"groups": {str(n): {"properties": {"a": [0] * 900}} for n in range(6)}},
        "user: more than 5000 values, nested ones included",
    ),
    ({"cohortIds": ["x"] * 1001}, "user.cohort_ids: 1001 given, at most 1000 allowed"),
    ({"cohortIds": ["x" * 257]}, "user.cohort_ids: longer than 256 bytes"),
    ({"groups": {str(n): {} for n in range(101)}}, "user.groups: 101 given, at most 100 allowed"),
    ({"groups": {"x" * 257: {}}}, "user.groups: longer than 256 bytes"),
    ({"groups": {"g": {"name": "x" * 4097}}}, "user.groups.g.name: longer than 4096 bytes"),
    (
        {"groups": {"g": {"properties": {str(n): 1 for n in range(101)}}}},
        "user.groups.g.properties: 101 given, at most 100 allowed",
    ),
    ({"groups": {"g": {"cohortIds": ["x"] * 1001}}}, "user.groups.g.cohort_ids: 1001 given, at most 1000 allowed"),
]


@pytest.mark.parametrize(("message", "error"), TOO_LARGE)
def test_what_is_too_large_is_refused_by_name(message, error):
    with pytest.raises(InvalidArgument) as refused:
        evaluation_context(ParseDict(message, User()))
    assert refused.value.message == error


def test_a_user_at_every_limit_passes():
    properties = {str(n): "x" * 4096 for n in range(100)}
    user = ParseDict({"userId": "x" * 4096, "userProperties": properties, "cohortIds": ["c" * 256] * 1000}, User())
    assert len(evaluation_context(user)["user"]["user_properties"]) == 100
