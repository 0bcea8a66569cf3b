import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.condition.text import text
from flagd.engine import evaluation_context
from flagd.engine.context import alike
from flagd.rpc.struct import from_struct, to_struct

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_group_may_be_given_as_an_object():
    group = {"name": "acme", "properties": {"plan": "pro"}, "cohort_ids": ["beta"]}
    assert evaluation_context({"user_id": "ann", "groups": {"company": group}}) == {
        "user": {"user_id": "ann"},
        "groups": {"company": {"group_name": "acme", "group_properties": {"plan": "pro"}, "cohort_ids": ["beta"]}},
    }


def test_what_a_group_object_lacks_is_left_out():
    user = {"groups": {"company": {"name": "acme", "properties": None}, "team": {}}}
    assert evaluation_context(user) == {"groups": {"company": {"group_name": "acme"}}}


def test_a_group_name_that_is_a_number_finds_its_properties():
    user = {"groups": {"company": [42]}, "group_properties": {"company": {"42": {"plan": "pro"}}}}
    assert evaluation_context(user)["groups"]["company"] == {"group_name": 42, "group_properties": {"plan": "pro"}}


@pytest.mark.parametrize("groups", [None, "acme", ["acme"], 1])
def test_groups_that_are_no_object_are_left_out(groups):
    assert evaluation_context({"user_id": "ann", "groups": groups}) == {"user": {"user_id": "ann"}}


@pytest.mark.parametrize("user", [None, "ann", ["ann"], 1])
def test_a_user_that_is_no_object_has_nothing(user):
    assert evaluation_context(user) == {}


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("user_id", "groups", "group_properties", "group_cohort_ids", "cohort_ids"), JSON)
    )
)
def test_any_json_makes_a_context(user):
    assert evaluation_context(user).keys() <= {"user", "groups"}


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), JSON, max_size=3))
def test_a_property_has_one_text_whether_it_was_carried_or_not(properties):
    """What is compared and hashed is that text: it must not depend on who asks, how, or which process answers."""
    try:
        carried = from_struct(to_struct(properties))
    except UnicodeEncodeError:
        return
    assert {name: text(one) for name, one in carried.items()} == {
        name: text(one) for name, one in alike(properties).items()
    }


def test_members_of_an_object_have_no_order():
    one, other = ({"user_properties": {"at": [members]}} for members in ({"b": 1, "a": 2}, {"a": 2, "b": 1}))
    assert text(evaluation_context(one)["user"]["user_properties"]["at"]) == '[{"a":2,"b":1}]'
    assert text(evaluation_context(other)["user"]["user_properties"]["at"]) == '[{"a":2,"b":1}]'


def test_an_integer_beyond_a_double_is_the_nearest_one():
    assert alike({"a": [2**53, 2**53 + 1, True, "x"]}) == {"a": [2**53, float(2**53), True, "x"]}
    assert isinstance(alike(2**60), float)
    assert alike(10**400) == float("inf")


def test_what_holds_itself_is_no_trouble():
    odd = []
    odd.append(odd)
    assert evaluation_context({"user_properties": {"odd": odd}})["user"]["user_properties"]["odd"]
