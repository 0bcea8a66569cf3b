"""Splits: which part is which, and by what their users are counted."""

import pytest

from flagd.engine.split import Part, Split

PARTS = (Part("control", "off", 2), Part("treated", "a", 1), Part("treated", "b", 1))


def split(*selector):
    return Split("s", selector, "f", PARTS)


def test_a_part_is_found_by_arm_and_variant():
    found = split("context", "user", "user_id")
    assert [found.number(part.arm, part.variant) for part in PARTS] == [0, 1, 2]
    assert found.number("control", "a") is None


@pytest.mark.parametrize(
    ("selector", "unit"),
    [
        ("user.user_id", "user.user_id"),
        ("user.device_id", "user.device_id"),
        ("user.country", "user.user_id"),
        ("user.user_properties.account", "user.user_id"),
        ("groups.company.group_name", "groups.company.group_name"),
        ("groups.company.group_properties.tier", "groups.company.group_name"),
    ],
)
def test_what_is_bucketed_is_counted_and_users_where_many_share_it(selector, unit):
    assert split("context", *selector.split(".")).unit == ("context", *unit.split("."))
