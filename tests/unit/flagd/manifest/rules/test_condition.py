from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest import COHORT_OPERATORS
from flagd.manifest.parts.condition import GLOB_OPERATORS, REGEX_OPERATORS, SET_OPERATORS
from tests.unit.flagd.manifest.findings import MATCH, audience, condition, found, warned
from tests.unit.flagd.manifest.wrong import AUDIENCES


@pytest.mark.parametrize(
    "fields",
    [
        {"match": MATCH},
        {"anyOf": [{"match": MATCH}]},
        {"segmentRefs": ["pro"]},
        {"match": MATCH, "segmentRefs": ["pro"]},
    ],
)
def test_an_audience_is_match_or_any_of_or_references(fields: dict[str, object]):
    assert found(audience(**fields)) == []


@pytest.mark.parametrize("case", AUDIENCES.values(), ids=AUDIENCES)
def test_an_audience_that_contradicts_itself_is_refused(case: tuple[Any, str, str, str]):
    obj, path, reason, says = case
    (finding,) = found(obj)
    assert (finding.path, finding.reason) == (path, reason)
    assert says in finding.message


@pytest.mark.parametrize("operator", sorted(COHORT_OPERATORS))
def test_cohorts_take_no_attribute(operator: str):
    (finding,) = found(condition(op=operator, values=["beta-users"]))
    assert (finding.path, finding.reason) == ("spec.match[0].attribute", "UnwantedField")
    assert found(audience(match=[{"op": operator, "values": ["beta-users"]}])) == []


def test_conditions_inside_any_of_are_looked_at():
    wrong = {"attribute": "user.contry", "op": "is", "values": ["US"]}
    (finding,) = found(audience(anyOf=[{"match": MATCH}, {"match": [*MATCH, wrong]}]))
    assert finding.path == "spec.anyOf[1].match[1].attribute"


@pytest.mark.parametrize(
    ("operator", "pattern"),
    [
        ("regex match", "(a"),
        ("regex match", "(?=a)"),
        ("regex does not match", r"(a)\1"),
        ("regex match", "a{1001}"),
        ("glob match", "[a"),
        ("glob does not match", "{a,b"),
    ],
)
def test_a_pattern_that_cannot_match_in_linear_time_is_refused(operator: str, pattern: str):
    (finding,) = found(condition(op=operator, values=["fine", pattern]))
    assert (finding.path, finding.reason) == ("spec.match[0].values[1]", "InvalidPattern")


@pytest.mark.parametrize(
    ("operator", "pattern"), [("regex match", r"^\d+$"), ("glob match", "*.{com,org}"), ("is", "(a")]
)
def test_a_pattern_that_compiles_is_accepted(operator: str, pattern: str):
    assert found(condition(op=operator, values=[pattern])) == []


@pytest.mark.parametrize(
    ("value", "fine"), [("1.2", True), ("1.2.3-rc.1", True), ("2", False), ("v1.2", False), ("1.2.3+b", False)]
)
def test_a_version_that_is_none_is_warned_of(value: str, fine: bool):
    warnings = warned(condition(attribute="user.version", op="version less", values=[value]))
    assert [one.reason for one in warnings] == ([] if fine else ["NotAVersion"])


@pytest.mark.parametrize("operator", sorted(SET_OPERATORS))
def test_a_set_operator_on_a_single_value_is_warned_of(operator: str):
    assert [one.reason for one in warned(condition(op=operator))] == ["NotAList"]
    assert warned(condition(op=operator, attribute="user.cohort_ids")) == []
    assert warned(condition(op=operator, attribute="user.properties.tags")) == []


@pytest.mark.parametrize("operator", sorted(REGEX_OPERATORS | GLOB_OPERATORS))
def test_none_among_patterns_is_said_to_be_a_pattern(operator: str):
    (finding,) = warned(condition(op=operator, values=["pro*", "(none)"]))
    assert (finding.path, finding.reason) == ("spec.match[0].values[1]", "NoneIsPattern")


@pytest.mark.parametrize("operator", ["is not", "set is not", "set does not contain any"])
def test_none_among_values_is_no_pattern(operator: str):
    assert warned(condition(op=operator, values=["pro", "(none)"], attribute="user.properties.tags")) == []
