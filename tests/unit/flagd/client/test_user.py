"""User: what is said of one, as the engine reads it."""

import copy
import pickle

import pytest

from flagd.api.evaluation.context import evaluation_context
from flagd.client.user import InvalidUserError, User
from flagd.condition.text import text
from flagd.rpc.user_message import user_message
from flagd.v1.evaluation_pb2 import User as Message

COMPANY = {"name": "acme", "properties": {"size": "large"}, "cohort_ids": ["beta"]}
MAPPING = {
    "user_id": "eve",
    "country": "DE",
    "user_properties": {"plan": "pro"},
    "cohort_ids": ["c"],
    "groups": {"company": COMPANY},
}


def test_a_user_reads_like_the_same_user_in_a_call():
    user = User("eve", country="DE", properties={"plan": "pro"}, cohort_ids=["c"], groups={"company": COMPANY})
    message = Message(user_id="eve", country="DE", cohort_ids=["c"])
    message.user_properties["plan"] = "pro"
    company = message.groups["company"]
    company.name, company.properties["size"] = "acme", "large"
    company.cohort_ids.append("beta")
    assert user.context == evaluation_context(message) == User.of(MAPPING).context


def _sent(user):
    return pickle.loads(pickle.dumps(user))  # noqa: S301 - our own


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, _sent])
def test_a_copy_reads_the_same_and_takes_nothing_along_of_what_was_told(again):
    user = User.of(MAPPING)
    user.recent["a"] = "on", lambda *_: True, None
    found = again(user)
    assert (found.context, found.recent) == (user.context, {})
    assert len(user.recent) == 1


def test_every_field_of_the_call_is_a_field_here():
    from flagd.client.user import FIELDS

    shaped = {"user_properties", "cohort_ids", "groups"}
    assert {*FIELDS, *shaped} == set(Message.DESCRIPTOR.fields_by_name)


def test_a_user_is_a_user_already():
    user = User("eve")
    assert User.of(user) is user


@pytest.mark.parametrize("wrong", [None, "eve", 7, ["eve"], {"plan": "pro"}])
def test_what_does_not_describe_a_user_is_told_with_what_would(wrong):
    with pytest.raises(InvalidUserError, match=r"a mapping|user_properties"):
        User.of(wrong)


def test_an_unknown_field_is_told_with_where_it_belongs():
    with pytest.raises(InvalidUserError, match=r"plan; say properties="):
        User("eve", plan="pro")


def test_who_it_is_stands_in_no_log():
    assert "eve" not in repr(User("eve"))


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"user_id": 42, "country": True}, {"user_id": "42", "country": "true"}),
        ({"groups": {"company": "acme"}}, {"groups": {"company": {"name": "acme"}}}),
        ({"groups": {"company": ["acme", "other"]}}, {"groups": {"company": {"name": "acme"}}}),
        ({"groups": {"company": 7}}, {"groups": {"company": {"name": "7"}}}),
        ({"groups": {"company": {"name": 7, "properties": {"a": 1}}}},) * 2,
        ({"cohort_ids": {"beta"}}, {"cohort_ids": ["beta"]}),
        ({"user_properties": {"n": 2**60 + 1}}, {"user_properties": {"n": float(2**60)}}),
        ({"user_properties": {"o": ({"b": 1, "a": 2},)}}, {"user_properties": {"o": [{"a": 2, "b": 1}]}}),
        ({"user_id": None, "groups": None, "cohort_ids": None, "user_properties": None}, {}),
    ],
)
def test_a_user_reads_as_every_door_reads_it(odd, said):
    def plain(user):
        return Message(**{name: value for name, value in user.items() if name not in {"user_properties", "groups"}})

    message = plain({**said})
    message.user_properties.update(said.get("user_properties", {}))
    for kind, group in said.get("groups", {}).items():
        message.groups[kind].name = str(group["name"])
        message.groups[kind].properties.update(group.get("properties", {}))
    here, there = User.of(odd).context, evaluation_context(message)
    assert user_message(here) == user_message(there)
    assert _texts(here) == _texts(there)


def _texts(context):
    return {name: text(one) for name, one in context.get("user", {}).get("user_properties", {}).items()}


def test_a_wrong_type_is_told_of_a_copy_too():
    user = User.of({"cohort_ids": "beta"})
    assert user.fault
    assert copy.copy(user).fault == user.fault
