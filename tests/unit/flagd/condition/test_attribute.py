from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.condition.attribute import PATTERN, USER_FIELDS, AttributePathError, format_attribute, parse_attribute

SELECTORS = [
    ("user.user_id", ("context", "user", "user_id")),
    ("user.country", ("context", "user", "country")),
    ("user.ip_address", ("context", "user", "ip_address")),
    ("user.cohort_ids", ("context", "user", "cohort_ids")),
    ("user.properties.plan", ("context", "user", "user_properties", "plan")),
    ("user.properties.$os", ("context", "user", "user_properties", "$os")),
    ("user.properties['a.b']", ("context", "user", "user_properties", "a.b")),
    ("user.properties['it\\'s']", ("context", "user", "user_properties", "it's")),
    ("user.properties['[Experiment] new']", ("context", "user", "user_properties", "[Experiment] new")),
    ("groups.company.name", ("context", "groups", "company", "group_name")),
    ("groups.company.properties.plan", ("context", "groups", "company", "group_properties", "plan")),
    ("groups.company.cohort_ids", ("context", "groups", "company", "cohort_ids")),
    ("groups['org name'].properties['a b']", ("context", "groups", "org name", "group_properties", "a b")),
]


@pytest.mark.parametrize(("path", "selector"), SELECTORS)
def test_a_path_is_a_selector_and_back(path: str, selector: tuple[str, ...]):
    assert parse_attribute(path) == selector
    assert format_attribute(selector) == path


def test_double_quotes_serve_as_well():
    assert parse_attribute('user.properties["a.b"]') == ("context", "user", "user_properties", "a.b")


@pytest.mark.parametrize("field", USER_FIELDS)
def test_every_field_of_the_user_is_an_attribute(field: str):
    assert parse_attribute(f"user.{field}") == ("context", "user", field)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("user.contry", "did you mean `user.country`?"),
        ("user.id", "did you mean `user.user_id`?"),
        ("user.user_properties.plan", "did you mean `user.properties.plan`?"),
        ("country", "did you mean `user.country`?"),
        ("usr.country", "did you mean `user.country`?"),
        ("groups.company.group_name", "did you mean `groups.company.name`?"),
        ("gp:plan", "a property of your own is"),
        ("user.xyzzy", "a property of your own is `user.properties.xyzzy`"),
        ("user.properties.a.b", "`user.properties['a.b']`"),
        ("user.properties", "write `user.properties.<name>`"),
        ("groups.company.properties.a.b", "`groups.company.properties['a.b']`"),
        ("user", "is not one attribute"),
        ("groups", "write `groups.<type>.name`"),
        ("groups.company", "write `groups.company.name`"),
        ("user.country.code", "`user.country` is one value"),
        ("groups.company.name.x", "`groups.company.name` is one value"),
        ("", "unknown attribute ``"),
        ("user.", "breaks off at character 6"),
        ("user..country", "breaks off at character 6"),
        ("user.properties['a", "breaks off at character 16"),
        ("user.properties['']", "contains an empty name"),
        ("user country", "breaks off at character 5"),
        ("['user'].country", "breaks off at character 1"),
        ("user['country']", "write `user['country']` as `user.country`"),
        ("user['properties'].plan", "as `user.properties.plan`"),
    ],
)
def test_a_wrong_path_is_refused_with_what_would_be_right(path: str, says: str):
    with pytest.raises(AttributePathError) as refusal:
        parse_attribute(path)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("selector", "text"),
    [(("result", "new-checkout", "key"), "flag new-checkout"), (("context", "user"), "context.user")],
)
def test_other_selectors_print_as_text(selector: tuple[str, ...], text: str):
    assert format_attribute(selector) == text


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_name_survives_the_round_trip(group: str, name: str):
    for selector in (
        ("context", "user", "user_properties", name),
        ("context", "groups", group, "group_properties", name),
        ("context", "groups", group, "group_name"),
    ):
        assert parse_attribute(format_attribute(selector)) == selector


@given(st.from_regex(PATTERN))
def test_what_fits_the_pattern_of_the_schemas_is_an_attribute(path: str):
    selector = parse_attribute(path.removesuffix("\n"))
    assert parse_attribute(format_attribute(selector)) == selector


@given(st.text() | st.from_regex("^(user|groups)[.a-z_'\\[\\]]+"))
def test_any_text_is_a_path_or_refused(path: str):
    with suppress(AttributePathError):
        assert parse_attribute(path)[0] == "context"
        assert re.search(PATTERN, path)


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("user.email", "`user.properties.email`"),
        ("user.plan", "`user.properties.plan`"),
        ("plan", "`user.properties.plan`"),
        ("user.a-b", "`user.properties.a-b`"),
        ("user.cuntry", "did you mean `user.country`?"),
        ("user.Country", "did you mean `user.country`?"),
        ("user.user_properties.plan", "did you mean `user.properties.plan`?"),
        ("country", "did you mean `user.country`?"),
        ("userid", "did you mean `user.user_id`?"),
        ("properties.plan", "did you mean `user.properties.plan`?"),
        ("userProperties.plan", "did you mean `user.properties.plan`?"),
        ("user.userProperties['a.b']", "did you mean `user.properties['a.b']`?"),
        ("company.name", "did you mean `groups.company.name`?"),
        ("group.company.name", "did you mean `groups.company.name`?"),
        ("groups.company.plan", "`groups.company.properties.plan`"),
        ("groups.company.group_properties.plan", "did you mean `groups.company.properties.plan`?"),
    ],
)
def test_a_name_that_is_no_misspelling_is_taken_for_a_property(path, right):
    with pytest.raises(AttributePathError) as caught:
        parse_attribute(path)
    assert right in str(caught.value)
