"""Rules of JSONLogic become conditions that hold for the same contexts."""

from __future__ import annotations

from typing import Any

import pytest

from flagctl.migration.json_logic import EVERYBODY, NOBODY, RuleError, alternatives

PLAN, AGE = {"var": "plan"}, {"var": "age"}


def said(rule: Any, *, holds: bool = True) -> str:
    groups = [
        " and ".join(f"{each['attribute']} {each['op']} {','.join(each['values'])}" for each in group)
        for group in alternatives(rule, holds=holds)
    ]
    return " or ".join(groups).replace("user.properties.", "")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"==": [PLAN, "pro"]}, "plan is pro"),
        ({"===": ["pro", PLAN]}, "plan is pro"),
        ({"!=": [PLAN, True]}, "plan is not true"),
        ({"==": [PLAN, None]}, "plan is (none)"),
        ({"==": [{"var": ["targetingKey"]}, "ann"]}, "user.user_id is ann"),
        ({"==": [{"var": "country"}, "NO"]}, "user.country is NO"),
        ({"in": [PLAN, ["pro", "max"]]}, "plan is pro,max"),
        ({"in": ["@a.b", {"var": "email"}]}, r"email regex match \@a\.b"),
        ({"starts_with": [PLAN, "p-"]}, "plan regex match ^p-"),
        ({"ends_with": [PLAN, ".x"]}, r"plan regex match \.x$"),
        ({">": [AGE, 18]}, "age greater 18"),
        ({"<": [AGE, 18.0]}, "age less 18,(none)"),
        ({"<": [18, AGE]}, "age greater 18"),
        ({"<=": [1, AGE, 9]}, "age greater or equal 1 and age less or equal 9,(none)"),
        ({"!": [{"<": [AGE, 18]}]}, "age greater or equal 18"),
        ({"!": {"or": [{"==": [PLAN, "a"]}, {"in": ["b", PLAN]}]}}, "plan is not a and plan regex does not match b"),
        ({"!": {"and": [{"==": [PLAN, "a"]}, {"==": [AGE, 1]}]}}, "plan is not a or age is not 1"),
        ({"!!": [PLAN]}, "plan is not (none),,0,false"),
        ({"!": PLAN}, "plan is (none),,0,false"),
        ({"sem_ver": [{"var": "version"}, ">=", "1.2"]}, "user.version version greater or equal 1.2.0"),
        (
            {"sem_ver": [{"var": "version"}, "=", "1.2.3"]},
            "user.version version less or equal 1.2.3 and user.version version greater or equal 1.2.3",
        ),
    ],
)
def test_a_rule_is_said_in_conditions(rule: object, words: str):
    assert said(rule) == words


def test_constants_are_everybody_or_nobody():
    assert alternatives(True) == EVERYBODY
    assert alternatives({"or": [False, None]}) == NOBODY
    assert alternatives({"and": [True, {"!": [False]}]}) == EVERYBODY
    assert alternatives({"in": [PLAN, []]}) == NOBODY


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"map": [PLAN, 1]}, 'the operator "map" has no equal here'),
        ({"==": [PLAN, AGE]}, "== compares"),
        ({">": [AGE, "18"]}, "which is not a number"),
        ({"==": [{"var": ["plan", "free"]}, "free"]}, "is not an attribute without a default"),
        ({"==": [{"var": "user.name"}, "a"]}, "user.name is inside of an attribute"),
        ({"<": [{"var": "$flagd.timestamp"}, 1]}, "$flagd.timestamp is not known here"),
        ({"==": [PLAN, "a"], "!=": [PLAN, "b"]}, "is not an operation"),
        ({"and": [{"or": [{"==": [PLAN, str(n)]} for n in range(11)]}] * 2}, "more than 100 groups"),
    ],
)
def test_what_has_no_equal_is_named(rule: object, why: str):
    with pytest.raises(RuleError, match=__import__("re").escape(why)):
        alternatives(rule)
