"""Fault: what no door takes, no client takes either."""

from datetime import date
from uuid import UUID

import pytest

from flagd.client.fault import fault


@pytest.mark.parametrize(
    ("odd", "where"),
    [
        ({"user_id": UUID(int=7)}, "user_id: must be a string, a number or a boolean, not UUID"),
        ({"country": ["DE"]}, "country: must be a string"),
        ({"cohort_ids": "beta"}, "cohort_ids: must be a list of strings, not str"),
        ({"cohort_ids": [7]}, "cohort_ids: must be a list of strings"),
        ({"groups": ["acme"]}, "groups: must be a mapping"),
        ({"groups": {"company": {"nam": "acme"}}}, "groups.company: has name, properties, cohort_ids, not nam"),
        ({"groups": {"company": {"name": ["acme"]}}}, "groups.company.name: must be a string"),
        ({"groups": {"company": [["acme"]]}}, "groups.company: must be a string"),
        ({"groups": {"company": {"properties": [1]}}}, "groups.company.properties: must be a mapping"),
        ({"user_properties": [1]}, "user_properties: must be a mapping, not list"),
        ({"user_properties": {"since": date(2026, 1, 2)}}, "user_properties.since: must be what JSON knows, not date"),
        ({"user_properties": {"a": [{"b": {1, 2}}]}}, "user_properties.a: must be what JSON knows, not set"),
    ],
)
def test_a_wrong_type_is_never_dropped_in_silence(odd, where):
    assert where in fault(odd)
    assert "acme" not in fault(odd)


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"user_id": "eve", "country": None, "user_properties": {"a": [1, None, {"b": (True,)}]}},
        {"groups": {"a": "acme", "b": ["acme"], "c": {"name": "acme", "cohort_ids": ("x",)}, "d": None}},
        {"cohort_ids": {"a"}},
    ],
)
def test_what_every_door_takes_has_no_fault(user):
    assert fault(user) == ""
