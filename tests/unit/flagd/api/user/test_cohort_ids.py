import pytest

from flagd.api.user.cohort_ids import read_cohort_ids
from flagd.rpc.budget import Budget
from flagd.rpc.limits import COHORT_IDS, NESTED_VALUES
from flagd.rpc.status import InvalidArgument


def read(value):
    return read_cohort_ids(value, "user.cohort_ids", Budget("user"))


def test_ids_are_texts():
    assert read(["vip", "beta"]) == ["vip", "beta"]


@pytest.mark.parametrize("value", ["vip", {"vip": 1}, [["vip"]], ["v"] * (COHORT_IDS + 1), ["v" * 100_000]])
def test_another_shape_or_too_many_are_refused_with_the_place(value):
    with pytest.raises(InvalidArgument, match=r"user\.cohort_ids"):
        read(value)


def test_they_are_spent_of_what_a_user_may_hold():
    budget = Budget("user")
    budget.spend(NESTED_VALUES)
    with pytest.raises(InvalidArgument, match="user"):
        read_cohort_ids(["a"], "user.cohort_ids", budget)
