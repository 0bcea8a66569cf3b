"""OpenFeature's evaluation contexts as the engine's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.api.openfeature.context import _checked_context, _plain_context, evaluation_context
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
        {"user": {"country": "US", "device_id": "d", "ip_address": "::1", "version": "2"}},
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
    ({"groups": {"company": "acme"}}, {"user": {}, "groups": {"company": {"group_name": "acme"}}}),
    ({"targetingKey": 42, "os": True}, {"user": {"user_id": "42", "os": "true"}}),
    ({"account": 175928847299117063}, {"user": {"user_properties": {"account": 175928847299117060.0}}}),
]


@pytest.mark.parametrize(("fields", "context"), CASES)
def test_a_context_becomes_the_engines(fields, context):
    assert evaluation_context(fields) == context


REFUSED = [
    ({"targetingKey": []}, "context.targetingKey: must be a string, not a list"),
    ({"country": {}}, "context.country: must be a string, not an object"),
    ({"cohort_ids": "beta"}, "context.cohort_ids: must be a list of strings, not a string"),
    ({"cohort_ids": [1]}, "context.cohort_ids: must be a list of strings, not a number"),
    ({"user_properties": []}, "context.user_properties: must be an object, not a list"),
    ({"groups": ["acme"]}, "context.groups: must be an object, not a list"),
    ({"groups": {"company": [{}]}}, "context.groups.company: must be a list of names, not an object"),
    ({"groups": {"company": {"propertis": {}}}}, "context.groups.company: unknown member"),
    (
        {"groups": {"company": {"properties": 1}}},
        "context.groups.company.properties: must be an object, not a number",
    ),
    ({"groups": {"company": {"cohort_ids": 1}}}, "context.groups.company.cohort_ids: must be a list of strings, not a"),
    ({"targetingKey": "x" * 4097}, "context.targetingKey: longer than 4096 bytes"),
    ({"a": "x" * 4097}, "context.a: longer than 4096 bytes"),
    ({"x" * 257: 1}, "context: the name of a property: longer than 256 bytes"),
    ({"a": [0] * 1000}, "context: more than 1000 values, nested ones included"),
    ({str(n): 1 for n in range(101)}, "context: 101 given, at most 100 allowed"),
    ({str(n): 1 for n in range(1001)}, "context: 1001 given, at most "),
    ({"cohort_ids": ["x" * 257]}, "context.cohort_ids: longer than 256 bytes"),
    ({"groups": {str(n): [] for n in range(101)}}, "context.groups: 101 given, at most 100 allowed"),
    (
        {"groups": {"g": {"properties": {str(n): 1 for n in range(101)}}}},
        "context.groups.g.properties: 101 given, at most 100 allowed",
    ),
    ({"groups": {"g": {"cohort_ids": ["x" * 257]}}}, "context.groups.g.cohort_ids: longer than 256 bytes"),
]


@pytest.mark.parametrize(("fields", "error"), REFUSED)
def test_what_is_too_large_or_of_another_shape_is_refused_by_name(fields, error):
    with pytest.raises(InvalidArgument) as refused:
        evaluation_context(fields)
    assert refused.value.message.startswith(error)


_NAMES = st.sampled_from(["targetingKey", "user_id", "country", "plan", "groups", "é" * 64, "n" * 65, ""])
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just("é" * 1024), st.just("x" * 1025)
)


@given(st.dictionaries(_NAMES, _SCALARS))
def test_the_short_way_of_plain_fields_makes_the_context_that_the_long_way_makes(fields):
    short = _plain_context(fields)
    assert short is None or repr(_sorted(short)) == repr(_sorted(_checked_context(fields)))


@given(st.dictionaries(st.text(max_size=3), st.one_of(st.booleans(), st.floats(), st.text(max_size=5)), max_size=100))
def test_the_short_way_takes_all_fields_that_are_plain(fields):
    assert _plain_context({f"p{name}": value for name, value in fields.items()}) is not None


def _sorted(value):
    return sorted((name, _sorted(one)) for name, one in value.items()) if isinstance(value, dict) else value
