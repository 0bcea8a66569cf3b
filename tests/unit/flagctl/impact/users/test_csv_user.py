from __future__ import annotations

import pytest

from flagctl.impact.users.csv_user import columns_of, csv_context
from flagctl.impact.users.fault import PopulationError


def test_columns_are_named_as_conditions_name_attributes() -> None:
    header = ["user.user_id", "properties.plan", "user.properties['a.b']", "cohort_ids", "groups.company.name"]
    assert csv_context(columns_of(header), ["ann", "pro", "x", "beta;staff", "acme"]) == {
        "user": {"user_id": "ann", "user_properties": {"plan": "pro", "a.b": "x"}, "cohort_ids": ["beta", "staff"]},
        "groups": {"company": {"group_name": "acme"}},
    }


def test_what_is_empty_is_absent() -> None:
    assert csv_context(columns_of(["user_id", "properties.plan"]), ["", "pro"]) == {
        "user": {"user_properties": {"plan": "pro"}}
    }


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (["user_id", "user.user_id"], 'two columns are called "user.user_id"'),
        (["user_id", "usr_id"], 'column "usr_id": '),
        (["user_id", ""], 'column "": '),
    ],
)
def test_a_column_that_names_no_attribute_of_its_own_is_refused(header: list[str], reason: str) -> None:
    with pytest.raises(PopulationError, match=reason):
        columns_of(header)


def test_a_row_has_a_value_for_each_column() -> None:
    with pytest.raises(PopulationError, match="1 values, and the header has 2 columns"):
        csv_context(columns_of(["user_id", "country"]), ["ann"])
