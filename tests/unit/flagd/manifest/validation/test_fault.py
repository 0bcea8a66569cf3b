"""What is said about fields of the wrong name, type, form or size."""

from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest.kinds import KINDS
from tests.unit.flagd.manifest.findings import condition, flag, found, segment
from tests.unit.flagd.manifest.wrong import FIELDS


@pytest.mark.parametrize("case", FIELDS.values(), ids=FIELDS)
def test_a_wrong_field_is_told_with_what_would_be_right(case: tuple[Any, str, str, str]):
    obj, path, reason, says = case
    (finding,) = found(obj)
    assert (finding.path, finding.reason) == (path, reason)
    assert says in finding.message


def test_a_misspelt_field_is_not_told_to_be_missing_as_well():
    assert [one.reason for one in found(segment(rollout={"precent": 5}))] == ["UnknownField"]


def test_all_faults_of_a_resource_are_told_at_once():
    reasons = [one.reason for one in found(flag(key=5, type="No", variants=[{"key": "on", "vlaue": "x"}]))]
    assert reasons == ["WrongType", "UnknownValue", "UnknownField"]


def test_every_wrong_value_of_a_list_is_told():
    paths = [one.path for one in found(condition(values=["US", 1, "CA", True, None]))]
    assert paths == ["spec.match[0].values[1]", "spec.match[0].values[3]", "spec.match[0].values[4]"]


def test_messages_are_one_line_and_short():
    (finding,) = found(flag(type="x\ny" * 10_000))
    assert len(finding.message) < 200
    assert finding.message.isprintable()


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("equals", "is"),
        ("notEquals", "is not"),
        ("NOT_IN", "is not"),
        (">=", "greater or equal"),
        ("startsWith", "glob match"),
        ("regex-match", "regex match"),
        ("setContainsAny", "set contains any"),
        ("isOneOf", "is"),
        ("is_none_of", "is not"),
        ("includes", "contains"),
        ("contains_any", "set contains any"),
    ],
)
def test_an_operator_by_another_name_is_recognised(written, right):
    (one,) = found(condition(op=written))
    assert one.message == f"unknown value `{written}`, did you mean `{right}`?"


@pytest.mark.parametrize(("written", "right"), [("exists", "is not"), ("isNotSet", "is"), ("is null", "is")])
def test_an_operator_that_asks_whether_there_is_a_value_is_told_how_to_ask(written, right):
    (one,) = found(condition(op=written))
    assert one.message == f'unknown value `{written}`, did you mean `{right}` with the value "(none)"?'


@pytest.mark.parametrize(
    ("field", "right"),
    [
        ("rollout", "allOtherUsers"),
        ("percentage", "allOtherUsers"),
        ("weights", "allOtherUsers"),
        ("enabled", "active"),
        ("rules", "segments"),
    ],
)
def test_a_field_by_another_name_is_recognised(field, right):
    (one,) = found(flag(**{field: {}}))
    assert one.message == f"unknown field `{field}`, did you mean `{right}`?"


def test_a_field_is_named_as_it_is_in_its_place():
    (one,) = found(flag(allOtherUsers={"percent": 5, "percentage": 5}))
    assert one.message == "unknown field `percentage`, did you mean `percent`?"


def test_every_form_is_told_as_a_sentence_about_the_value():
    told = [text for kind in KINDS.values() for text in kind.forms.values()]
    assert told
    assert [text for text in told if not text.startswith("is not ")] == []
