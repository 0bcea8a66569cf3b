"""OpenFeature's evaluation contexts as the engine's."""

import pytest

from flagd.rpc.openfeature.context import evaluation_context
from flagd.rpc.status import InvalidArgument

CASES = [
    ({}, {"user": {}}),
    ({"targetingKey": None}, {"user": {}}),
    ({"targetingKey": "ann"}, {"user": {"user_id": "ann"}}),
    ({"targetingKey": ""}, {"user": {"user_id": ""}}),
    ({"user_id": "ann"}, {"user": {"user_id": "ann"}}),
    ({"targetingKey": "ann", "user_id": "bob"}, {"user": {"user_id": "ann"}}),
    (
        {"country": "US", "device_id": "d", "ip_address": "::1", "version": 2.0},
        {"user": {"country": "US", "device_id": "d", "ip_address": "::1", "version": 2.0}},
    ),
    (
        {"plan": "pro", "seats": 42.0, "tags": ["a", None], "deep": {"a": [True]}, "gone": None},
        {"user": {"user_properties": {"plan": "pro", "seats": 42.0, "tags": ["a", None], "deep": {"a": [True]}}}},
    ),
    (
        {"user_properties": {"plan": "pro", "seats": 1}, "plan": "free"},
        {"user": {"user_properties": {"plan": "free", "seats": 1}}},
    ),
    ({"cohort_ids": ["beta"]}, {"user": {"cohort_ids": ["beta"]}}),
    (
        {"groups": {"company": {"name": "acme", "properties": {"plan": "x"}, "cohort_ids": ["c"]}}},
        {
            "user": {},
            "groups": {"company": {"group_name": "acme", "group_properties": {"plan": "x"}, "cohort_ids": ["c"]}},
        },
    ),
    ({"groups": {"company": ["acme"]}}, {"user": {}, "groups": {"company": {"group_name": "acme"}}}),
    ({"groups": {"company": {"name": None}, "team": []}}, {"user": {}, "groups": {}}),
]


@pytest.mark.parametrize(("fields", "context"), CASES)
def test_a_context_becomes_the_engines(fields, context):
    assert evaluation_context(fields) == context


REFUSED = [
    ({"targetingKey": 7}, "context.targetingKey: text is needed"),
    ({"cohort_ids": "beta"}, "context.cohort_ids: a list of texts is needed"),
    ({"cohort_ids": [1]}, "context.cohort_ids: a list of texts is needed"),
    ({"user_properties": []}, "context.user_properties: an object is needed"),
    ({"groups": ["acme"]}, "context.groups: an object is needed"),
    (
        {"groups": {"company": "acme"}},
        "context.groups: each group is an object with name, properties and cohort_ids, or a list of names",
    ),
    ({"groups": {"company": {"properties": 1}}}, "context.groups.properties: an object is needed"),
    ({"groups": {"company": {"cohort_ids": 1}}}, "context.groups.cohort_ids: a list of texts is needed"),
    ({"targetingKey": "x" * 4097}, "context: longer than 4096 bytes"),
    ({"x" * 257: 1}, "context: longer than 256 bytes"),
    ({"a": [0] * 1000}, "context: more than 1000 values, nested ones included"),
    ({str(n): 1 for n in range(101)}, "context.user_properties: 101 given, at most 100 allowed"),
    ({"cohort_ids": ["x" * 257]}, "context.cohort_ids: longer than 256 bytes"),
    ({"groups": {str(n): [] for n in range(101)}}, "context.groups: 101 given, at most 100 allowed"),
    (
        {"groups": {"g": {"properties": {str(n): 1 for n in range(101)}}}},
        "context.groups.properties: 101 given, at most 100 allowed",
    ),
    ({"groups": {"g": {"cohort_ids": ["x" * 257]}}}, "context.groups.cohort_ids: longer than 256 bytes"),
]


@pytest.mark.parametrize(("fields", "error"), REFUSED)
def test_what_is_too_large_or_of_another_shape_is_refused_by_name(fields, error):
    with pytest.raises(InvalidArgument) as refused:
        evaluation_context(fields)
    assert refused.value.message == error
