"""Of a request no more values are read than it may hold."""

from __future__ import annotations

import pytest

from flagd.rpc.budget import Budget
from flagd.rpc.limits import LEVELS
from flagd.rpc.status import InvalidArgument


def test_what_is_there_may_be_spent_and_no_more():
    budget = Budget("user", 3)
    budget.spend(3)
    assert budget.spent == 3
    with pytest.raises(InvalidArgument, match="user: more than 3 values"):
        budget.spend(1)


def test_parts_spend_of_the_whole_too():
    whole = Budget("request", 3)
    Budget("first", 2, whole).spend(2)
    with pytest.raises(InvalidArgument, match="request: more than 3 values"):
        Budget("second", 2, whole).spend(2)


def test_values_of_every_level_count():
    budget = Budget("user", 100)
    budget.spend_all({"a": 1, "b": [1, 2, {"c": 3}]})
    assert budget.spent == 2 + 3 + 1


def nested(levels: int) -> dict[str, object]:
    value: object = "leaf"
    for _ in range(levels):
        value = [value]
    return {"a": value}


def test_levels_are_bounded_however_few_values_there_are():
    Budget("user").spend_all(nested(LEVELS))
    with pytest.raises(InvalidArgument, match=f"more than {LEVELS} levels"):
        Budget("user").spend_all(nested(LEVELS + 1))


def test_too_much_is_met_before_it_is_walked_through():
    class Untouched(list[object]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            raise AssertionError("walked through")

    with pytest.raises(InvalidArgument, match="more than 3 values"):
        Budget("user", 3).spend_all({"a": Untouched(range(9))})
