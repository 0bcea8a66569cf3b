import pytest

from flagd.api.user.groups import read_groups
from flagd.rpc.budget import Budget
from flagd.rpc.limits import GROUPS
from flagd.rpc.status import InvalidArgument

READ = {"group_name": "acme", "group_properties": {"tier": 1}, "cohort_ids": ["vip"]}


def read(value, **beside):
    return read_groups(value, "groups", Budget("user"), **beside)


def test_a_group_is_an_object():
    assert read({"company": {"name": "acme", "properties": {"tier": 1}, "cohort_ids": ["vip"]}}) == {"company": READ}


@pytest.mark.parametrize("name", ["acme", ["acme"], ["acme", "other"]])
def test_or_a_name_with_what_is_said_of_it_beside(name):
    beside = {"properties": {"company": {"acme": {"tier": 1}}}, "cohort_ids": {"company": {"acme": ["vip"]}}}
    assert read({"company": name}, **beside) == {"company": READ}


def test_a_group_without_a_word_is_none():
    assert read({"company": {}, "team": []}) == {}


def test_large_integers_are_what_every_door_makes_of_them():
    assert read({"c": {"properties": {"n": 2**60}}})["c"]["group_properties"]["n"] == float(2**60)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([], "groups"),
        ({"c": {"nam": "acme"}}, "groups.c"),
        ({"c": {"properties": []}}, "groups.c.properties"),
        ({"c": {"cohort_ids": "vip"}}, "groups.c.cohort_ids"),
        ({"c" * 300: {}}, "groups: a group type"),
        ({str(number): "x" for number in range(GROUPS + 1)}, "groups"),
    ],
)
def test_another_shape_is_refused_with_its_place(value, place):
    with pytest.raises(InvalidArgument, match=place):
        read(value)
