"""Evaluation flags and contexts to test with, simple ones and random ones."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

USER_ID = ["context", "user", "user_id"]
COUNTRY = ["context", "user", "country"]
PLAN = ["context", "user", "user_properties", "plan"]
END = 42949673


def variants(*keys: str) -> dict[str, Any]:
    return {"off": {"key": "off", "metadata": {"default": True}}, **{key: {"key": key, "value": key} for key in keys}}


def flag(key: str, *segments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "variants": variants("on", "b"), "segments": list(segments), **more}


def segment(name: str = "All Other Users", variant: str | None = "on", **more: Any) -> dict[str, Any]:
    return {"metadata": {"segmentName": name}, "variant": variant, **more}


def condition(selector: list[str], op: str, *values: str) -> dict[str, Any]:
    return {"selector": selector, "op": op, "values": list(values)}


def bucket(percent: int, *keys: str, salt: str = "salt", selector: list[str] = USER_ID) -> dict[str, Any]:
    edges = [END * number // len(keys) for number in range(len(keys) + 1)]
    parts = [{"variant": key, "range": list(part)} for key, part in zip(keys, pairwise(edges), strict=True)]
    return {"selector": selector, "salt": salt, "allocations": [{"range": [0, percent], "distributions": parts}]}


def needing(key: str, parent: str, *more: str) -> dict[str, Any]:
    unmet = [[condition(["result", parent, "key"], "is not", "on")]]
    return flag(key, segment("flag-dependencies", "off", conditions=unmet), segment(), dependencies=[parent, *more])


TEXTS = st.sampled_from(
    ["US", "CA", "pro", "true", "TRUE", "(none)", "", "[", '["US"]', "1.2.3", "1.3", "7", "42", "é", "\ud800"]
)
SELECTORS = st.sampled_from(
    [
        USER_ID,
        COUNTRY,
        PLAN,
        ["context", "user"],
        ["context", "user", "user_properties"],
        ["context", "user", "cohort_ids"],
        ["context", "groups", "company", "group_name"],
        ["context", "groups", "company", "cohort_ids"],
        ["context", "user", ""],
        ["result", "flag", "key"],
        [],
    ]
)
EQUALITY = st.sampled_from(["is", "is not"])
OPERATORS = EQUALITY | st.sampled_from(
    ["contains", "greater", "less or equal", "version less", "set contains any", "set is not", "regex match", "unknown"]
)
CONDITIONS = st.builds(
    lambda selector, op, values: condition(selector, op, *values), SELECTORS, OPERATORS, st.lists(TEXTS, max_size=3)
)
KEYS = st.sampled_from(["on", "b", "off", "unknown"])
DISTRIBUTIONS = st.builds(
    lambda key, start, end: {"variant": key, "range": [start, end]},
    KEYS,
    st.sampled_from([0, 10_000_000, 21474837]),
    st.sampled_from([0, 20_000_000, 21474837, END]),
)
ALLOCATIONS = st.builds(
    lambda start, end, parts: {"range": [start, end], "distributions": parts},
    st.integers(0, 60),
    st.integers(0, 100),
    st.lists(DISTRIBUTIONS, max_size=3),
)
BUCKETS = st.builds(
    lambda selector, salt, allocations: {"selector": selector, "salt": salt, "allocations": allocations},
    SELECTORS,
    TEXTS,
    st.lists(ALLOCATIONS, max_size=3),
)
SEGMENTS = st.fixed_dictionaries(
    {"metadata": st.sampled_from([{"segmentName": "All Other Users"}, {"segmentName": "S"}, None])},
    optional={
        "conditions": st.lists(st.lists(CONDITIONS, max_size=3), max_size=3),
        "bucket": BUCKETS,
        "variant": KEYS,
    },
)
FLAGS = st.builds(lambda segments: flag("flag", *segments), st.lists(SEGMENTS, max_size=4))
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(-5, 50) | st.floats() | st.sampled_from([b"x", object(), {1}]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
USERS = st.fixed_dictionaries(
    {},
    optional={
        "user_id": TEXTS | VALUES,
        "country": TEXTS | VALUES,
        "user_properties": st.fixed_dictionaries({}, optional={"plan": TEXTS | VALUES}) | VALUES,
        "cohort_ids": st.lists(TEXTS, max_size=2) | VALUES,
    },
)
GROUPS = st.fixed_dictionaries({}, optional={"company": st.fixed_dictionaries({"group_name": TEXTS}) | VALUES})
CONTEXTS = st.fixed_dictionaries({}, optional={"user": USERS | VALUES, "groups": GROUPS | VALUES}) | VALUES
