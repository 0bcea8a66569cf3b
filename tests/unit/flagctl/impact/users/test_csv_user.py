from __future__ import annotations

import pytest

from flagctl.impact.users.csv_user import columns_of, csv_contexts
from flagctl.impact.users.fault import PopulationError


def test_columns_are_named_as_conditions_name_attributes() -> None:
    header = ["user.user_id", "properties.plan", "user.properties['a.b']", "cohort_ids", "groups.company.name"]
    assert csv_contexts(columns_of(header), [["ann", "pro", "x", "beta;staff", "acme"]], 1) == [
        {
            "user": {"user_id": "ann", "user_properties": {"plan": "pro", "a.b": "x"}, "cohort_ids": ["beta", "staff"]},
            "groups": {"company": {"group_name": "acme"}},
        }
    ]


def test_what_is_empty_is_none_and_rows_of_nothing_are_nobody() -> None:
    header = ["user_id", "properties.plan", "cohort_ids"]
    assert csv_contexts(columns_of(header), [[], ["", "pro", ""], []], 1) == [
        {"user": {"user_id": None, "user_properties": {"plan": "pro"}, "cohort_ids": None}}
    ]


def test_one_column_is_enough() -> None:
    assert csv_contexts(columns_of(["user_id"]), [["ann"], ["bob"]], 1) == [
        {"user": {"user_id": "ann"}},
        {"user": {"user_id": "bob"}},
    ]


def test_nothing_that_a_header_says_becomes_source() -> None:
    hostile = "user.properties['x}]; import os #']"
    assert csv_contexts(columns_of([hostile]), [["a"]], 1) == [{"user": {"user_properties": {"x}]; import os #": "a"}}}]


@pytest.mark.parametrize("header", ["user_id;country", "user_id\tcountry", "user_id|country"])
def test_columns_that_no_comma_separates_are_refused(header: str) -> None:
    with pytest.raises(PopulationError, match="columns are separated by commas, not by"):
        columns_of([header])


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


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["ann"]], "line 2: 1 value, and the header has 2 columns"),
        ([["a", "b"], [], ["a\nb\r\n", "c"], ["a", "b", "c"]], "line 7: 3 values, and the header has 2 columns"),
    ],
)
def test_a_row_has_a_value_for_each_column(rows: list[list[str]], reason: str) -> None:
    with pytest.raises(PopulationError, match=reason):
        csv_contexts(columns_of(["user_id", "country"]), rows, 1)
