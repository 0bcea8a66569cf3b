from __future__ import annotations

import json
from pathlib import Path

import pytest

from flagctl.evaluation.user import UserError, read_user

VECTORS = Path(__file__).parents[3] / "conformance" / "vectors" / "context.json"


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"user_id": "ann", "country": "NO"},
        {"user_properties": {"plan": "pro", "age": 42, "tags": ["a"], "nested": {"a": None}}},
        {"cohort_ids": ["beta"]},
        {"groups": {"company": ["acme"]}, "group_properties": {"company": {"acme": {"plan": "pro"}}}},
        {"groups": {"company": {"name": "acme", "properties": {"plan": "pro"}, "cohort_ids": ["vip"]}}},
    ],
    ids=json.dumps,
)
def test_both_forms_of_a_user_are_taken(user: dict[str, object]) -> None:
    assert read_user(json.dumps(user)) == user


def test_null_fields_are_dropped() -> None:
    assert read_user('{"user_id": "ann", "country": null}') == {"user_id": "ann"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no user given"),
        ("{user_id: ann}", "not JSON (expecting property name enclosed in double quotes, line 1, column 2)"),
        ('["ann"]', 'a user is a JSON object such as {"user_id": "ann"}, not a list'),
        ('"ann"', "not a string"),
        ("NaN", "NaN is not JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"user_id": "a", "user_id": "b"}', '"user_id" is given twice'),
        ('{"usr_id": "ann"}', 'a user has no field "usr_id"; did you mean "user_id"?'),
        ('{"id": "ann"}', 'did you mean "user_id"?'),
        ('{"userId": "ann"}', 'did you mean "user_id"?'),
        ('{"properties": {}}', 'did you mean "user_properties"?'),
        (
            '{"favourite": "x"}',
            'properties of your own go under user_properties: {"user_properties": {"favourite": …}}',
        ),
        ('{"user_id": 42}', 'user_id must be a string, not a number; write "42"'),
        ('{"version": true}', 'version must be a string, not a boolean; write "true"'),
        ('{"cohort_ids": "beta"}', 'cohort_ids must be a list of strings such as ["a"], not a string'),
        ('{"user_properties": []}', "user_properties must be an object, not a list"),
        (
            '{"groups": {"company": 1}}',
            'groups.company must be a name ("acme"), a list of names (["acme"]) or an object',
        ),
        ('{"groups": {"company": [1]}}', "groups.company must be a list of strings"),
        ('{"groups": {"company": {"nam": "acme"}}}', 'groups.company has no field "nam"; did you mean "name"?'),
        ('{"groups": {"company": {"name": 1}}}', "groups.company.name must be a string, not a number"),
        (
            '{"group_properties": {"company": {"acme": 1}}}',
            "group_properties.company.acme must be an object, not a number",
        ),
        ('{"group_cohort_ids": {"company": {"acme": "x"}}}', "group_cohort_ids.company.acme must be a list of strings"),
    ],
)
def test_what_is_no_user_is_refused_with_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        read_user(text)
    assert message in str(caught.value)


def test_a_group_may_be_its_name_as_at_every_door() -> None:
    assert read_user('{"groups": {"company": "acme"}}') == {"groups": {"company": ["acme"]}}


@pytest.mark.parametrize(
    ("user", "where"),
    [
        ({"user_properties": {"id": 2**53 + 1}}, "user_properties.id"),
        ({"user_properties": {"a": [{"b": -(2**60)}]}}, "user_properties.a[0].b"),
        ({"groups": {"co": {"name": "x", "properties": {"n": 2**60}}}}, "groups.co.properties.n"),
        ({"group_properties": {"co": {"x": {"n": 2**60}}}}, "group_properties.co.x.n"),
    ],
    ids=str,
)
def test_a_number_that_a_server_would_read_otherwise_is_refused(user: dict[str, object], where: str) -> None:
    with pytest.raises(UserError) as caught:
        read_user(json.dumps(user))
    assert f"{where} is too large to be sent exactly as a number; write it as a string" in str(caught.value)


def test_every_user_of_the_conformance_vectors_is_taken() -> None:
    for case in json.loads(VECTORS.read_text()):
        read_user(json.dumps(case["user"]))
