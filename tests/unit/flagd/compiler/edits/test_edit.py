"""Edit: what is said of two manifests of one resource."""

from __future__ import annotations

import pytest

from flagd.compiler import moves, refusals
from tests.unit.flagd.compiler.edits.test_movement import EDITS, split
from tests.unit.flagd.compiler.manifest import flag, holdout, mutex, resource


def test_weights_changed_at_a_fraction_are_said_to_throw_users_out():
    before, after, _ = EDITS["weights at half a percent"]
    (found,) = moves(before, after)
    assert (found.severity, found.reason, found.path) == ("warning", "UsersMove", "spec.allOtherUsers")
    assert "lose it, because the percentage is a fraction" in found.message


def test_what_is_or_was_inactive_moves_nobody():
    off = flag("f", active=False, variants=[{"key": "a"}, {"key": "b"}])
    assert moves(off, split("b", "a")) == moves(split("b", "a"), off) == []


@pytest.mark.parametrize(
    ("before", "after", "path", "share"),
    [
        (mutex("g", one=50, two=50), mutex("g", two=50, one=50), "spec.slots", "100.00%"),
        (mutex("g", one=50, two=50), mutex("g", one=30, two=70), "spec.slots", "20.00%"),
        (holdout("g", 10), holdout("g", 20), "spec.holdout", "10.00%"),
    ],
    ids=["order of slots", "border of slots", "holdout"],
)
def test_groups_move_users_as_flags_do(before, after, path, share):
    (found,) = moves(before, after)
    assert (found.severity, found.reason, found.path) == ("warning", "UsersMove", path)
    assert share in found.message
    assert moves(after, after) == []


@pytest.mark.parametrize("field", ["salt", "key", "unit"])
def test_bucketing_that_may_not_change_is_an_error_at_the_edit(field):
    value = {"salt": "other", "key": "user.city", "unit": "company"}[field]
    group = {"type": "Holdout", "holdout": {"percent": 10}}
    for before, after in (
        (flag("f"), flag("f", bucketing={field: value})),
        (resource("FlagGroup", "g", group), resource("FlagGroup", "g", {**group, "bucketing": {field: value}})),
    ):
        found = refusals(before, after)
        assert {each.reason for each in found} == {"RebucketRefused"}
        assert f"spec.bucketing.{field}" in [each.path for each in found]
    assert refusals(flag("f"), flag("f", bucketing={field: value}, allowRebucket=True)) == []
