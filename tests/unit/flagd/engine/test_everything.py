"""All flags for one user say what each says by itself, however many look alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from flagd.engine import Engine
from flagd.engine.codegen import fast_path, shape
from flagd.engine.flag import make_flag
from tests.unit.flagd.engine.flags import (
    CONTEXTS,
    COUNTRY,
    FLAGS,
    PLAN,
    bucket,
    condition,
    flag,
    needing,
    segment,
)

MANY = 40
ANN = {"user": {"user_id": "ann", "country": "US", "user_properties": {"plan": "pro"}}}


def copies(source: dict[str, Any], count: int = MANY) -> list[dict[str, Any]]:
    return [source | {"key": f"{source['key']}-{number}"} for number in range(count)]


@settings(max_examples=150)
@given(FLAGS, FLAGS, CONTEXTS)
def test_flags_that_look_alike_say_together_what_each_says_alone(one, other, context):
    made = Engine([*copies(one), *copies(other | {"key": "other"})])
    assert made.evaluate(context) == made.evaluate(context, made.order())


def salted(number: int, *conditions: dict[str, Any]) -> dict[str, Any]:
    split = segment("split", "off", conditions=[list(conditions)], bucket=bucket(100, "on", "b", salt=f"s{number}"))
    return flag(f"f{number}", split, segment())


@pytest.mark.parametrize(
    "user",
    [
        {"user_id": "ann", "country": "US"},
        {"user_id": "ゆかり", "country": "FR"},
        {"user_id": "\ud800", "country": "US"},
        {"user_id": 7, "country": ["US", "FR"]},
        {"country": "[]"},
        {"user_id": "", "user_properties": 5},
        {"user_properties": {"plan": 10**400}},
        5,
        {},
    ],
)
def test_flags_of_one_shape_keep_their_own_words(user):
    countries = [condition(COUNTRY, "is", "US" if number % 2 else "FR", "x") for number in range(MANY)]
    paths = [[*PLAN[:3], f"plan-{number % 3}"] for number in range(MANY)]
    plans = [condition(path, "greater or equal", str(number)) for number, path in enumerate(paths)]
    flags = [salted(number, *both) for number, both in enumerate(zip(countries, plans, strict=True))]
    flags += [salted(number + MANY, one) for number, one in enumerate(countries)]
    made = Engine(flags)
    for context in ({"user": user}, {"user": user if isinstance(user, int) else {**user, "user_properties": {}}}, {}):
        assert made.evaluate(context) == {key: made.variant(context, key) for key in made.order()}


def test_flags_that_depend_on_one_of_many_that_look_alike_see_its_result():
    parents = [salted(number) for number in range(MANY)]
    children = [needing(f"child-{number}", f"f{number}") for number in range(MANY)]
    made = Engine([*children, *parents])
    assert made.evaluate(ANN) == {key: made.variant(ANN, key) for key in made.order()}


def test_a_flag_that_looks_at_one_it_does_not_depend_on_sees_it_if_it_comes_first():
    looking = flag("looking", segment(conditions=[[condition(["result", "f3", "key"], "is", "on", "b")]]))
    parents = [salted(number) for number in range(MANY)]
    assert "looking" in Engine([*parents, looking]).evaluate(ANN)
    assert "looking" not in Engine([looking, *parents]).evaluate(ANN)


def test_a_change_is_seen_when_all_are_asked_for_again():
    flags = {each["key"]: each for each in (salted(number) for number in range(MANY))}
    before = Engine(flags.values())
    assert len(before.evaluate(ANN)) == MANY
    flags["f3"] = flag("f3", segment("named", "off"))
    after = before.update(flags, ["f3"], {})
    assert after.evaluate(ANN)["f3"].key == "off"
    assert before.evaluate(ANN)["f3"] is before.variant(ANN, "f3")


@given(FLAGS)
def test_what_rows_share_is_what_is_read_before_the_loop(source):
    made = make_flag(source, {})
    decide = fast_path(made)
    constants = decide.__defaults__
    assert all(position < len(constants) for position in shape(made).shared)
    results: dict[str, Any] = {}
    shape(made).sweep([("flag", constants)])(ANN, results)
    assert results.get("flag") is decide(ANN, {})
