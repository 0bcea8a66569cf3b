import pytest

from flagd.engine.condition import make_condition, reader
from flagd.engine.variant import Reason, Variant
from flagd.ruleset import Cohort

CONTEXT = {
    "user": {"user_id": "ann", "list": ["x"], "user_properties": {"a.b": 1, "": 2, "zero": 0, "null": None}},
    "groups": {"company": {"group_name": "acme"}},
}
RESULTS = {"parent": Variant("on", "v", {"tier": "gold"}, {"segmentName": "S"}, Reason.DEFAULT, "S")}


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        (["context", "user", "user_id"], "ann"),
        (["context", "user", "user_properties", "a.b"], 1),
        (["context", "user", "user_properties", "zero"], 0),
        (["context", "user", "user_properties", "null"], None),
        (["context", "user", "user_properties", ""], None),
        (["context", "user", "list", "0"], None),
        (["context", "user", "user_id", "length"], None),
        (["context", "groups", "company", "group_name"], "acme"),
        (["user", "user_id"], None),
        (["context"], CONTEXT),
        ([], None),
        (["result"], None),
        (["result", "parent", "key"], "on"),
        (["result", "parent", "payload", "tier"], "gold"),
        (["result", "parent", "metadata", "segmentName"], "S"),
        (["result", "parent", "reason"], None),
        (["result", "other", "key"], None),
    ],
)
def test_a_selector_walks_keys_through_objects(selector, found):
    assert reader(tuple(selector))(CONTEXT, RESULTS) == found


def cohort_condition(*owner, op="set contains any", values=("beta",), unit="User", members=("ann", "42", "acme")):
    raw = {"selector": ["context", *owner, "cohort_ids"], "op": op, "values": list(values)}
    return make_condition(raw, {"beta": Cohort(unit, frozenset(members))})


@pytest.mark.parametrize(
    ("user", "member"),
    [
        ({"user_id": "ann"}, True),
        ({"user_id": 42.0}, True),
        ({"user_id": "bob"}, False),
        ({"user_id": "bob", "cohort_ids": ["beta"]}, True),
        ({"user_id": "bob", "cohort_ids": '["beta"]'}, True),
        ({"user_id": "ann", "cohort_ids": "scalar"}, True),
        ({"user_id": {"odd": []}}, False),
        ({}, False),
        (None, False),
    ],
)
def test_a_user_is_in_a_cohort_by_the_request_or_by_the_list(user, member):
    context = {"user": user}
    assert cohort_condition("user").holds(context, {}) is member
    assert cohort_condition("user", op="set does not contain any").holds(context, {}) is not member


def test_a_group_is_in_a_cohort_of_its_own_type_only():
    context = {"groups": {"company": {"group_name": "acme"}, "team": {"group_name": "acme"}}}
    assert cohort_condition("groups", "company", unit="company").holds(context, {})
    assert not cohort_condition("groups", "team", unit="company").holds(context, {})
    assert not cohort_condition("groups", "company", unit="User").holds(context, {})


def test_a_list_counts_only_where_the_condition_names_its_cohort():
    assert not cohort_condition("user", values=["other"]).holds({"user": {"user_id": "ann"}}, {})


def test_other_lists_named_so_are_plain_lists():
    assert cohort_condition("user", "user_properties").holds(
        {"user": {"user_properties": {"cohort_ids": ["beta"]}}}, {}
    )


@pytest.mark.parametrize(
    "raw",
    [
        {"selector": "context", "op": "is", "values": ["x"]},
        {"selector": ["context", 1], "op": "is", "values": ["x"]},
        {"selector": ["context"], "op": "is", "values": [1]},
        {"selector": ["context"], "op": ["is"], "values": []},
    ],
)
def test_a_condition_of_another_shape_is_refused(raw):
    with pytest.raises(TypeError):
        make_condition(raw, {})


COHORTS = {"beta": Cohort("User", frozenset({"ann"})), "big": Cohort("company", frozenset({"acme"}))}


@pytest.mark.parametrize(
    ("op", "values", "ann", "bob"),
    [
        ("is", ["(none)"], False, True),
        ("is not", ["(none)"], True, False),
        ("is not", ["x"], True, True),
        ("set is", ["beta"], True, False),
        ("set is not", ["x"], True, True),
        ("set contains any", ["x", "(none)"], False, True),
        ("set contains any", ["x"], False, False),
        ("set does not contain any", ["beta"], False, True),
        ("contains", ["bet"], True, False),
    ],
)
def test_a_condition_on_cohort_ids_sees_lists_that_it_does_not_name(op, values, ann, bob):
    raw = {"selector": ["context", "user", "cohort_ids"], "op": op, "values": values}
    condition = make_condition(raw, COHORTS)
    assert [condition.holds({"user": {"user_id": name}}, {}) for name in ("ann", "bob")] == [ann, bob]
