"""What many flags repeat is in memory once, and what only looks alike is not taken for it."""

from __future__ import annotations

import json

import pytest

from flagd.engine import Engine
from flagd.engine.condition import make_condition
from flagd.engine.shared import LARGEST, shared, shared_object
from tests.unit.flagd.engine.flags import COUNTRY, bucket, condition, flag, segment

ANN = {"user": {"user_id": "ann", "country": "US"}}


def test_equal_constants_are_one_object():
    one, other = (tuple(str(number) for number in range(3)) for _ in range(2))
    assert shared(one) is shared(other)


@pytest.mark.parametrize("values", [[True, 1], [1, True], [0.0, -0.0], [None, "null"], [1, 1.0], [[1], [True]]])
def test_objects_of_another_json_stay_apart(values):
    for value in values:
        assert json.dumps(shared_object({"a": value})) == json.dumps({"a": value})


def test_what_is_large_is_not_kept():
    large = tuple(f"user-{number}" for number in range(LARGEST + 1))
    raw = condition(COUNTRY, "is", *large)
    assert shared(large) is large
    assert make_condition(raw, {}) is not make_condition(raw, {})


def test_flags_that_say_the_same_share_conditions_and_metadata_but_no_outcome():
    split = segment("split", "off", conditions=[[condition(COUNTRY, "is", "US")]], bucket=bucket(100, "on"))
    made = Engine([flag("a", split, metadata={"team": "x"}), flag("b", split, metadata={"team": "x"})])
    one, other = made.variant(ANN, "a"), made.variant(ANN, "b")
    assert one is not other
    assert one.metadata is other.metadata
    assert make_condition(split["conditions"][0][0], {}) is make_condition(split["conditions"][0][0], {})
