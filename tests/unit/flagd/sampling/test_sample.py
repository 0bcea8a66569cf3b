"""Samples: who is counted, once, and by what."""

import pytest

from flagd.engine.split import Part, Split
from flagd.sampling import MOST_USERS, SLOTS, Sample
from tests.unit.flagd.sampling.rising import user

USER = ("context", "user", "user_id")


def split(*selector):
    return Split("s", selector or USER, "f", (Part("control", "off", 1), Part("treated", "on", 1)))


def counts(sample):
    return [len(each) for each in sample.since(0, SLOTS)]


def test_a_user_is_counted_once_for_what_they_were_told_first():
    sample = Sample(split())
    for _ in range(3):
        sample.take(user("ann"), 1)
    sample.take(user("ann"), 0)
    assert counts(sample) == [0, 1]


@pytest.mark.parametrize(
    ("selector", "context", "other"),
    [
        (("context", "user", "device_id"), {"user": {"device_id": "d1"}}, {"user": {"device_id": "d2"}}),
        (
            ("context", "groups", "company", "group_name"),
            {"groups": {"company": {"group_name": "acme"}}},
            {"groups": {"company": {"group_name": "umbrella"}}},
        ),
        (
            ("context", "groups", "company", "group_properties", "tier"),
            {"groups": {"company": {"group_name": "acme", "group_properties": {"tier": "1"}}}},
            {"groups": {"company": {"group_name": "umbrella", "group_properties": {"tier": "1"}}}},
        ),
        (("context", "user", "user_properties", "country"), user("ann", country="DE"), user("bob", country="DE")),
    ],
)
def test_what_is_bucketed_is_counted_and_users_where_they_share_a_value(selector, context, other):
    sample = Sample(split(*selector))
    for each in (context, context, other):
        sample.take(each, 0)
    assert counts(sample) == [2, 0]


@pytest.mark.parametrize("context", [{}, {"user": {}}, {"user": {"user_id": ""}}, {"user": {"user_id": None}}, None])
def test_nobody_is_counted_without_an_id(context):
    sample = Sample(split())
    sample.take(context, 0)
    assert counts(sample) == [0, 0]


def test_any_id_is_taken():
    sample = Sample(split())
    for odd in ("\ud800", "ü" * 10_000, "0", "[]"):
        sample.take(user(odd), 0)
    assert counts(sample)[0] >= 3


def test_a_sample_is_complete_after_so_many_users():
    sample = Sample(split())
    for number in range(3 * MOST_USERS):
        sample.take(user(f"user {number}"), number % 2)
    assert sum(counts(sample)) == MOST_USERS


def test_a_full_table_leaves_out_as_many_of_every_part():
    sample = Sample(split())
    for number in range(MOST_USERS):
        sample.take(user(f"user {number}"), number % 10 == 0)
    off, on = counts(sample)
    assert off + on < MOST_USERS
    assert abs(on / (off + on) - 0.1) < 0.01


def test_another_run_begins_with_nobody():
    sample = Sample(split())
    sample.take(user("ann"), 0)
    sample.serve("run-1")
    serial = sample.serial
    sample.serve("run-1")
    assert (counts(sample), sample.serial) == ([1, 0], serial)
    sample.serve("run-2")
    assert counts(sample) == [0, 0]
    assert sample.serial != serial
