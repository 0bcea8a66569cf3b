"""How the users of a run are divided, as numbers."""

import pytest

from flagctl.rollout.division import Share, divisions_of


def segment(name, *users, widths=("3", "1")):
    arms = (("control", "off"), ("treated", "on"))
    parts = [
        {"arm": arm, "variant": variant, "width": width, "users": count}
        for (arm, variant), width, count in zip(arms, widths, users, strict=True)
    ]
    return {"name": name, "value": "2.5", "parts": parts}


def told(**ratio):
    return {"run": {"ratio": {"limit": "2000", **ratio}}}


def test_each_variant_has_its_share_of_those_seen_and_of_those_expected():
    [found] = divisions_of(told(segments=[segment("Canada", 1, 1)]))
    assert (found.segment, found.mismatched, found.value, found.limit, found.users) == ("Canada", False, 2.5, 2000, 2)
    assert found.shares == (Share("control", "off", 1, 50, 75), Share("treated", "on", 1, 50, 25))


def test_a_mismatch_comes_first_and_is_not_told_twice():
    same, other = segment("Canada", 5, 5), segment("France", 1, 1)
    found = divisions_of(told(found=segment("Canada", 500, 500), segments=[same, other]))
    assert [(each.segment, each.mismatched, each.users) for each in found] == [
        ("Canada", True, 1000),
        ("France", False, 2),
    ]


@pytest.mark.parametrize("rollout", [{}, {"run": None}, told(), told(segments=[segment("Canada", 0, 0)])])
def test_where_nobody_was_seen_nothing_is_divided(rollout):
    assert divisions_of(rollout) == []
