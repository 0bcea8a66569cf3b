"""How large a user may be, and of which shape."""

import re

import pytest

from flagd.api.amplitude.user import user_context
from flagd.rpc.status import InvalidArgument

GROUP = {"groups": {"company": ["acme"]}}


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"country": "a" * 4097}, "user.country"),
        ({f"field {number}": "" for number in range(100)}, "user"),
        ({"user_properties": {f"p{number}": 1 for number in range(101)}}, "user.user_properties"),
        ({"user_properties": {"p": "a" * 4097}}, "user.user_properties.p"),
        ({"user_properties": {"p": [0] * 1001}}, "user.user_properties"),
        ({"cohort_ids": ["a"] * 1001}, "user.cohort_ids"),
        ({"cohort_ids": ["a" * 257]}, "user.cohort_ids"),
        ({"cohort_ids": [[0]] * 1001}, "user.cohort_ids"),
        ({"groups": {f"g{number}": ["a"] for number in range(101)}}, "user.groups"),
        ({"groups": {"a" * 257: ["a"]}}, "user.groups"),
        ({"groups": {"company": ["a" * 4097]}}, "user.groups.company.name"),
        ({**GROUP, "group_properties": {"company": {"acme": {"p": "a" * 4097}}}}, "user.groups.company.properties.p"),
        ({**GROUP, "group_cohort_ids": {"company": {"acme": ["a"] * 1001}}}, "user.groups.company.cohort_ids"),
    ],
)
def test_a_user_that_is_too_large_is_refused_by_the_limit(fields, what):
    with pytest.raises(InvalidArgument, match=f"^{re.escape(what)}: "):
        user_context({"user_id": "ann", **fields})


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"user_properties": "pro"}, "user.user_properties: must be an object, not a string"),
        ({"cohort_ids": "beta"}, "user.cohort_ids: must be a list of strings, not a string"),
        ({"cohort_ids": [1, None]}, "user.cohort_ids: must be a list of strings, not a number"),
        ({"country": ["US"]}, "user.country: must be a string, not a list"),
        ({"groups": ["acme"]}, "user.groups: must be an object, not a list"),
        ({"groups": {"company": {"nam": "acme"}}}, 'user.groups.company: unknown member "nam"; did you mean name?'),
        (
            {**GROUP, "group_properties": {"company": "pro"}},
            "user.groups.company: must be an object, not a string",
        ),
    ],
)
def test_a_user_of_another_shape_is_refused_by_its_place(fields, what):
    with pytest.raises(InvalidArgument) as refused:
        user_context({"user_id": "ann", **fields})
    assert refused.value.message == what


@pytest.mark.parametrize(
    ("fields", "context"),
    [
        ({}, {}),
        ({"user_id": 42, "version": 2.0}, {"user": {"user_id": "42", "version": "2"}}),
        ({"user_id": "", "user_properties": None}, {"user": {"user_id": ""}}),
        ({"amplitude_id": 7, "idfa": "x"}, {"user": {"amplitude_id": 7, "idfa": "x"}}),
        ({"groups": {"company": "acme", "team": []}}, {"groups": {"company": {"group_name": "acme"}}}),
        (
            {"user_properties": {"account": 175928847299117063}},
            {"user": {"user_properties": {"account": 175928847299117060.0}}},
        ),
    ],
)
def test_a_user_is_read_as_at_every_other_door(fields, context):
    assert user_context(fields) == context
