"""How large a user may be, and that odd shapes are no errors."""

import pytest

from flagd.rpc.amplitude.user import user_context
from flagd.rpc.status import InvalidArgument

GROUP = {"groups": {"company": ["acme"]}}


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"country": "a" * 4097}, "user"),
        ({f"field {number}": "" for number in range(100)}, "user"),
        ({"user_properties": {f"p{number}": 1 for number in range(101)}}, "user.user_properties"),
        ({"user_properties": {"p": "a" * 4097}}, "user.user_properties"),
        ({"user_properties": {"p": [0] * 1001}}, "user.user_properties"),
        ({"cohort_ids": ["a"] * 1001}, "user.cohort_ids"),
        ({"cohort_ids": ["a" * 257]}, "user.cohort_ids"),
        ({"cohort_ids": [[0]] * 1001}, "user"),
        ({"groups": {f"g{number}": ["a"] for number in range(101)}}, "user.groups"),
        ({"groups": {"a" * 257: ["a"]}}, "user.groups"),
        ({"groups": {"company": ["a" * 4097]}}, "user.groups"),
        ({**GROUP, "group_properties": {"company": {"acme": {"p": "a" * 4097}}}}, "user.groups.group_properties"),
        ({**GROUP, "group_cohort_ids": {"company": {"acme": ["a"] * 1001}}}, "user.groups.cohort_ids"),
    ],
)
def test_a_user_that_is_too_large_is_refused_by_the_limit(fields, what):
    with pytest.raises(InvalidArgument, match=f"^{what}: "):
        user_context({"user_id": "ann", **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"user_properties": "pro"},
        {"user_properties": None},
        {"cohort_ids": "beta"},
        {"cohort_ids": [1, None]},
        {"groups": ["acme"]},
        {"groups": {"company": "acme"}},
        {"groups": {"company": []}},
        {**GROUP, "group_properties": {"company": "pro"}},
        {"invented": {"a": [1]}},
    ],
)
def test_a_user_of_an_odd_shape_is_still_a_user(fields):
    assert user_context({"user_id": "ann", **fields})["user"]["user_id"] == "ann"
