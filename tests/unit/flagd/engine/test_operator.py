from typing import get_args

import pytest

from flagd.engine.operator import bound, predicate
from flagd.manifest.parts.condition import COHORT_OPERATORS, GLOB_OPERATORS, Operator

POSITIVE = ["is", "contains", "less", "less or equal", "greater", "greater or equal", "version less"]
POSITIVE += ["version less or equal", "version greater", "version greater or equal"]
POSITIVE += ["set is", "set contains", "set contains any"]
NEGATIVE = ["is not", "does not contain", "set is not", "set does not contain", "set does not contain any"]
OPERATORS = [*POSITIVE, *NEGATIVE, "regex match", "regex does not match"]


def test_every_operator_of_a_manifest_has_a_meaning_unless_it_compiles_to_another():
    assert set(get_args(Operator)) - COHORT_OPERATORS - GLOB_OPERATORS == set(OPERATORS)


@pytest.mark.parametrize("op", POSITIVE)
def test_a_missing_property_matches_a_positive_operator_only_by_none(op):
    assert predicate(op, ["x"])(None) is False
    assert predicate(op, ["x", "(none)"])(None) is True


@pytest.mark.parametrize("op", NEGATIVE)
def test_a_missing_property_matches_a_negative_operator_unless_none_is_named(op):
    assert predicate(op, ["x"])(None) is True
    assert predicate(op, ["x", "(none)"])(None) is False


@pytest.mark.parametrize("values", [["x"], ["(none)"], []])
def test_a_missing_property_is_never_matched_and_always_denied_by_patterns(values):
    assert predicate("regex match", values)(None) is False
    assert predicate("regex does not match", values)(None) is True


@pytest.mark.parametrize("op", ["", "IS", "glob match", "starts with"])
@pytest.mark.parametrize("value", [None, "x", ["x"]])
def test_an_unknown_operator_never_holds(op, value):
    assert predicate(op, ["x", "(none)"])(value) is False


@pytest.mark.parametrize(
    ("op", "values", "value", "holds"),
    [
        ("is", ["TRUE"], "true", True),
        ("is", ["true"], True, True),
        ("is", ["true", "x"], "X", False),
        ("is", ["x"], "TRUE", False),
        ("is", ['["a"]'], '["a"]', False),
        ("is", ["[a"], "[a", True),
        ("is not", ["A"], ["A", "B"], True),
        ("is not", ["A"], [], False),
        ("contains", ["É"], "caféé", True),
        ("contains", [""], "", True),
        ("less", ["10"], "9", True),
        ("less", ["10"], 9.5, True),
        ("less", ["10", "x"], "9px", True),
        ("less", ["abc", "5"], "4", True),
        ("less", ["abc"], "5", True),
        ("greater", ["1"], True, True),
        ("version greater", ["1.9.0"], "1.10.0", True),
        ("version greater", ["1.9.0"], "v1", True),
        ("set is", ["a", "b"], ["b", "a", "a"], True),
        ("set is", ["true"], ["TRUE"], False),
        ("set contains", ["TRUE"], ["true"], True),
        ("set contains", ["TRUE", "true"], ["true"], False),
        ("set contains", [], [], True),
        ("set contains any", [], ["a"], False),
        ("set contains any", ["a"], "a", False),
        ("set does not contain any", ["a"], "b", False),
        ("set does not contain any", ["a"], "[]", True),
        ("regex match", ["(", "b"], "abc", True),
        ("regex does not match", ["("], "abc", True),
    ],
)
def test_operators_compare_as_the_rules_say(op, values, value, holds):
    assert predicate(op, values)(value) is holds


ODD = ["\ud800", b"x", object(), float("nan"), 10**5000, [[[]]], {"a": {1: 2}}, {1}, "["]


@pytest.mark.parametrize("op", OPERATORS)
def test_no_value_makes_an_operator_raise(op):
    holds = predicate(op, ["x", "1.2", "(none)", "true", "\ud800"])
    assert {holds(value) for value in ODD} <= {True, False}


@pytest.mark.parametrize(
    ("op", "values", "value", "holds"),
    [
        ("less", ["1", "10"], 5, True),
        ("less", ["10", "1"], 5, True),
        ("greater", ["1", "10"], 5, True),
        ("greater", ["x", "10"], 5, False),
        ("greater", [], 5, False),
        ("greater", [], "x", False),
        ("less or equal", ["a", "c"], "b", True),
        ("greater or equal", ["a", "c"], "b", True),
        ("version less", ["1.0.0", "2.0.0"], "1.5.0", True),
        ("greater", ["9007199254740992"], 9007199254740993, False),
    ],
)
def test_of_several_values_any_one_suffices(op, values, value, holds):
    assert predicate(op, values)(value) is holds


@pytest.mark.parametrize("op", ["is", "contains", "set is", "unknown"])
def test_operators_that_do_not_order_have_no_bound(op):
    assert bound(op, ["1"]) is None


@pytest.mark.parametrize(("op", "values"), [("less", ["x"]), ("less", []), ("version less", ["2"])])
def test_there_is_no_bound_where_nothing_is_comparable(op, values):
    assert bound(op, values) is None


@pytest.mark.parametrize("value", [5, 5.0, "5", " 5 "])
def test_a_bound_decides_for_numbers(value):
    (_, comparable), sign, limit = bound("less", ["x", "3", "7"])
    assert (comparable(value), sign, limit) == (5, "<", 7)


@pytest.mark.parametrize("value", [None, True, "x", [5], "[5]", float("nan"), {}, "inf"])
@pytest.mark.parametrize("op", ["less", "version less"])
def test_what_is_null_a_list_or_compared_as_text_is_not_comparable(op, value):
    (_, comparable), _, _ = bound(op, ["3.0"])
    assert comparable(value) is None


@pytest.mark.parametrize("value", ["5", "5.0", "5.0.1-a", "x", "[5]", ""])
@pytest.mark.parametrize("op", ["less", "version less"])
def test_a_text_is_as_comparable_when_it_is_kept(op, value):
    (kept, comparable), _, _ = bound(op, ["3.0"])
    assert [kept(value), kept(value)] == [comparable(value)] * 2
