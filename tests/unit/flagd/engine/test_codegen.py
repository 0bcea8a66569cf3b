"""The fast path gives the answers of the slow one, and is the path that usual contexts take."""

from __future__ import annotations

import gc
import weakref
from types import FunctionType

import pytest
from hypothesis import given

from flagd.condition.comparable import LONGEST_KEPT, kept_number, kept_version
from flagd.engine.codegen import fast_path
from flagd.engine.flag import make_flag
from tests.unit.flagd.engine.flags import CONTEXTS, COUNTRY, FLAGS, PLAN, bucket, condition, flag, segment


def never(context, _results):
    raise AssertionError(f"{context} took the slow path")


def only_fast(source):
    decide = fast_path(make_flag(source, {}))
    return FunctionType(decide.__code__, decide.__globals__, "decide", (never, *decide.__defaults__[1:]))


AGE = [*PLAN[:3], "age"]
VERSION = ["context", "user", "version"]
TARGETED = flag(
    "f",
    segment(
        "testers", conditions=[[condition(["context", "user", "user_id"], "is", "t")], [condition(PLAN, "is", "x")]]
    ),
    segment("named", "off", conditions=[[condition(COUNTRY, "is", "US", "CA"), condition(PLAN, "is not", "free")]]),
    segment("grown", conditions=[[condition(AGE, "greater", "17"), condition(VERSION, "version less", "2.0")]]),
    segment("split", "off", bucket=bucket(50, "on", "b")),
)


@pytest.mark.parametrize(
    "context",
    [
        {"user": {"user_id": "ann", "country": "US", "user_properties": {"plan": "pro"}}},
        {"user": {"user_id": "ann", "country": "DE", "user_properties": {"plan": 42}}},
        {"user": {"user_id": "ゆかり", "country": None, "user_properties": {}}},
        {"user": {"country": True}},
        {"user": {"version": "1.2.3", "user_properties": {"age": 18}}},
        {"user": {"version": "1.2.3", "user_properties": {"age": "18.5"}}},
        {"user": {"version": "v1.2", "user_properties": {"age": "old"}}},
        {"user": {"version": None, "user_properties": {"age": "18.5"}}},
        {"user": {"version": [1.5], "user_properties": {"age": [18, 19]}}},
        {"user": {"user_id": "t"}},
        {"groups": {}},
        {},
    ],
)
def test_usual_contexts_take_the_fast_path(context):
    assert only_fast(TARGETED)(context, {}).key == make_flag(TARGETED, {}).decide(context, {}).key


def looking_alike(key, percent, country, *, salt):
    split = bucket(percent, "on", "b", salt=salt)
    us = segment("us", "off", conditions=[[condition(COUNTRY, "is", country)]], bucket=split)
    return flag(key, us, segment("All Other Users", "off"))


def test_flags_that_look_alike_answer_each_for_itself():
    users = [
        {"user": {"user_id": f"u{number}", "country": country}} for number in range(50) for country in ("US", "DE")
    ]
    users.append({"user": {"country": "US"}})
    for source in (
        looking_alike("f", 50, "US", salt="one"),
        looking_alike("g", 50, "US", salt="other"),
        looking_alike("h", 50, "DE", salt="one"),
        looking_alike("i", 20, "US", salt="one"),
    ):
        made = make_flag(source, {})
        decide = fast_path(made)
        for user in users:
            assert decide(user, {}) is made.decide(user, {})


def test_a_flag_is_not_held_for_others_that_look_like_it():
    made = make_flag(looking_alike("f", 33, "FR", salt="only here"), {})
    fast_path(made)
    variant = weakref.ref(made.segments[0].bucket.unhashed)
    del made
    gc.collect()
    assert variant() is None


def test_of_versions_and_numbers_a_bounded_number_of_short_texts_is_kept():
    for kept in (kept_number, kept_version):
        before = kept.cache_info()
        assert before.maxsize is not None
        long = f"1.{'0' * LONGEST_KEPT}"
        only_fast(TARGETED)({"user": {"version": long, "user_properties": {"age": long}}}, {})
        assert kept.cache_info() == before


@given(FLAGS, CONTEXTS)
def test_fast_and_slow_path_agree(source, context):
    made = make_flag(source, {})
    assert fast_path(made)(context, {}) is made.decide(context, {})


def test_flags_of_one_shape_share_one_code_object():
    one = fast_path(make_flag(flag("a", segment("x", conditions=[[condition(COUNTRY, "is", "US")]])), {}))
    other = fast_path(
        make_flag(flag("b", segment("y", conditions=[[condition([*PLAN[:2], "city"], "is", "Rome")]])), {})
    )
    assert one.__code__ is other.__code__


def test_nothing_that_a_flag_says_becomes_source():
    hostile = '"); import os #'
    source = flag(
        hostile,
        segment(
            hostile,
            conditions=[[condition(["context", "user", hostile], "is", hostile, "x")]],
            bucket=bucket(9, "on", salt=hostile),
        ),
    )
    decide = fast_path(make_flag(source, {}))
    code = decide.__code__
    assert not any("import" in str(part) for part in (*code.co_consts, *code.co_names, *code.co_varnames))
    assert decide({"user": {hostile: "x"}}, {}).segment == hostile


def test_a_large_flag_is_answered_without_source():
    many = [segment(str(number), conditions=[[condition(COUNTRY, "is", str(number))]]) for number in range(1_000)]
    made = make_flag(flag("f", *many, segment(variant="b")), {})
    assert fast_path(made) == made.decide
    assert made.decide({"user": {"country": "999"}}, {}).segment == "999"
    assert made.decide({"user": {"country": "US"}}, {}).key == "b"
