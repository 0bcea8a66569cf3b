"""User: what is said of one, as the engine reads it."""

import copy
import pickle

import pytest

from flagd.api.evaluation.context import evaluation_context
from flagd.client.user import InvalidUserError, User
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
