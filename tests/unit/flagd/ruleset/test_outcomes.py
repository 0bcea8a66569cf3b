from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flagd.compiler import compile_project
from flagd.engine import Engine
from flagd.manifest import Flag, validate
from flagd.ruleset.outcomes import outcomes, settled
from tests.unit.flagctl.manifest import flag

if TYPE_CHECKING:
    from flagd.ruleset import EvaluationFlag

SPLIT = [{"key": "a"}, {"key": "b"}]
HALF = {"percent": 50}
PRO = [{"attribute": "user.properties.plan", "op": "is", "values": ["pro"]}]


def compiled(**spec: Any) -> EvaluationFlag:
    made, diagnostics = validate(flag("f", **spec))
    assert isinstance(made, Flag), diagnostics
    return compile_project([made], project="shop").ruleset.flags["f"]


@pytest.mark.parametrize(
    ("spec", "keys"),
    [
        ({}, {"on"}),
        ({"allOtherUsers": {"percent": 0}}, {"off"}),
        ({"allOtherUsers": HALF}, {"on", "off"}),
        ({"active": False}, {"off"}),
        ({"active": False, "variants": [{"key": "on", "testers": {"userIds": ["ann"]}}]}, {"on", "off"}),
        ({"active": False, "testing": False, "variants": [{"key": "on", "testers": {"userIds": ["ann"]}}]}, {"off"}),
        ({"variants": SPLIT, "allOtherUsers": {"percent": 100, "weights": {"b": 1}}}, {"b"}),
        ({"segments": [{"name": "pros", "match": PRO, "rollout": {"percent": 0}}]}, {"on", "off"}),
        ({"segments": [{"name": "pros", "match": PRO, "rollout": {"percent": 100}}]}, {"on"}),
    ],
    ids=lambda each: str(each) if isinstance(each, dict) else ", ".join(sorted(each)),
)
def test_outcomes_are_the_variants_that_some_user_may_get(spec: dict[str, Any], keys: set[str]) -> None:
    assert outcomes(compiled(**spec)) == keys


def test_a_split_over_all_users_has_the_outcome_off_for_those_without_an_id() -> None:
    assert outcomes(compiled(variants=SPLIT)) == {"a", "b", "off"}


@pytest.mark.parametrize("spec", [{}, {"allOtherUsers": HALF}, {"variants": SPLIT}, {"active": False}], ids=str)
def test_no_user_gets_what_is_not_among_the_outcomes(spec: dict[str, Any]) -> None:
    form = compiled(**spec)
    engine = Engine([form])
    users = [{}, *({"user_id": f"u{number}"} for number in range(200))]
    got = {engine.evaluate({"user": user})["f"].key for user in users}
    assert got <= outcomes(form)


def test_a_flag_is_settled_on_what_everybody_gets_until_that_is_something_else() -> None:
    one, other = compiled(), compiled(variants=[{"key": "on", "payload": {"a": 1}}])
    assert settled(one) == settled(compiled(description="the same"))
    assert settled(one) != settled(other)
    assert settled(compiled(allOtherUsers=HALF)) is None
