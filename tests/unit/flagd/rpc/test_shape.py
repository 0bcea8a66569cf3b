"""What the parts of a context may look like, and what is said of those that look otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagd.rpc.shape import an_object, attribute_text, check_members, group_name, list_of_texts, shown
from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(("value", "text"), [("pro", "pro"), ("", ""), (True, "true"), (42, "42"), (42.0, "42")])
def test_an_attribute_is_text_or_is_printed_as_conditions_print_it(value: object, text: str):
    assert attribute_text(value, "user.plan") == text


@pytest.mark.parametrize(
    ("value", "name"), [("acme", "acme"), (["acme", "other"], "acme"), ([], None), ([None], None), (7, "7")]
)
def test_a_group_is_a_name_or_a_list_of_which_the_first_counts(value: object, name: str | None):
    assert group_name(value, "groups.company") == name


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (attribute_text, None, "here: must be a string, not null"),
        (attribute_text, ["a"], "here: must be a string, not a list"),
        (group_name, {"a": 1}, "an object with name, properties and cohort_ids, not an object"),
        (group_name, [["a"]], "here: must be a list of names, not a list"),
        (list_of_texts, "a", "here: must be a list of strings, not a string"),
        (list_of_texts, ["a", 1], "here: must be a list of strings, not a number"),
        (an_object, True, "here: must be an object, not a boolean"),
    ],
)
def test_another_shape_is_refused_with_what_is_needed(
    read: Callable[[object, str], object], value: object, message: str
):
    with pytest.raises(InvalidArgument) as refused:
        read(value, "here")
    assert message in refused.value.message


def test_a_member_that_nobody_knows_leads_to_the_one_that_was_meant():
    check_members({"user_id": 1}, ("user_id", "device_id"), "user")
    with pytest.raises(InvalidArgument) as refused:
        check_members({"userid": 1}, ("user_id", "device_id"), "user")
    assert refused.value.message == 'user: unknown member "userid"; did you mean user_id?'


def test_a_name_of_the_callers_is_cut_short_and_controls_no_terminal():
    assert shown("a\x1b\n") == '"a??"'
    assert shown("x" * 61) == f'"{"x" * 60}…"'
