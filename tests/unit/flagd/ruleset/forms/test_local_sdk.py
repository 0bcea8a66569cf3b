"""Local SDK: flags as Amplitude's SDKs for local evaluation get them."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.engine.operator import predicate
from flagd.ruleset.forms.local_sdk import PATTERN_OPERATORS, for_local_sdks
from tests.unit.flagd.dialect.engines import node_finds, python_finds

SELECTOR = ["context", "user", "user_properties", "p"]
OTHER = ["context", "user", "user_properties", "q"]
PROPERTIES = [None, "pro", "PRO", "pro\n", "free", "(none)x", ["pro"], ["a", "b"], [], 3, True]


def flag(*any_of, **more):
    segment = {"conditions": [list(every) for every in any_of], "variant": "on", "metadata": {"segmentName": "some"}}
    variants = {"on": {"key": "on", "value": "on"}, "off": {"key": "off", "metadata": {"default": True}}}
    metadata = {"evaluationMode": "local"}
    return {"key": "f", "segments": [segment], "variants": variants, "metadata": metadata, **more}


def condition(op, *values, selector=SELECTOR):
    return {"selector": selector, "op": op, "values": list(values)}


def conditions(delivered):
    return delivered["segments"][0].get("conditions")


def is_off(delivered):
    return delivered["segments"] == [{"metadata": {"segmentName": "default"}, "variant": "off"}]


def sdk_meets(delivered, user):
    """As Amplitude's engines in Python and JavaScript decide, with Python's patterns."""
    return any(all(_sdk_holds(one, user.get(one["selector"][-1])) for one in every) for every in conditions(delivered))


def _sdk_holds(one, value):
    op, values = one["op"], one["values"]
    if value is None and (op in PATTERN_OPERATORS or op == "set is not"):
        return False
    if op not in PATTERN_OPERATORS:
        return predicate(op, values)(value)
    texts = [str(each) for each in value] if isinstance(value, list) else [json.dumps(value).strip('"')]
    texts = [value] if isinstance(value, str) else texts
    return any(any(python_finds(each, [text])[0] for each in values) == (op == "regex match") for text in texts)


def ours(flag, user):
    return any(
        all(predicate(one["op"], one["values"])(user.get(one["selector"][-1])) for one in every)
        for every in conditions(flag)
    )


@pytest.mark.parametrize(
    "any_of",
    [
        [[condition("regex does not match", "^pro$")]],
        [[condition("regex match", "(?i)^pro$")]],
        [[condition("regex does not match", "(?i)pro", "^free$")]],
        [[condition("set is not", "pro")]],
        [[condition("set is not", "pro", "(none)")]],
        [[condition("set is not", "pro"), condition("regex does not match", "^x", selector=OTHER)]],
        [[condition("set is not", "pro"), condition("is", "b", selector=OTHER)], [condition("regex match", r"\z")]],
    ],
)
def test_users_with_and_without_the_attribute_meet_the_same_conditions(any_of):
    source = flag(*any_of)
    delivered = for_local_sdks(source)
    users = [{"p": one, "q": two} for one in PROPERTIES for two in (None, "x", "b")]
    assert [sdk_meets(delivered, user) for user in users] == [ours(source, user) for user in users]


def test_what_both_read_alike_is_delivered_as_it_is():
    source = flag([condition("is not", "a"), condition("set is not", "a", "(none)")])
    assert for_local_sdks(source) is source


@pytest.mark.parametrize(
    "any_of",
    [
        [[condition("is", "a")], [condition("regex match", "fine", r"\C")]],
        [[condition("set is not", str(number)) for number in range(10)]],
        [[{"op": "regex match"}]],
        [[None]],
        5,
    ],
    ids=["pattern", "too many alternatives", "no values", "no condition", "no list"],
)
def test_what_cannot_be_read_alike_is_off_for_everybody(any_of):
    source = flag(dependencies=["g"])
    source["segments"][0]["conditions"] = any_of
    delivered = for_local_sdks(source)
    assert is_off(delivered)
    assert "dependencies" not in delivered
    assert (delivered["key"], delivered["variants"]) == ("f", source["variants"])


PIECES = [
    "a",
    "(?i)",
    "$",
    "^",
    r"\d",
    r"\pL",
    "[a-z]",
    "(",
    ")",
    "*",
    "{2}",
    r"\z",
    r"\Q",
    ".",
    "|",
    "🚀",
    r"\C",
    "(?P<n>",
]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), min_size=1, max_size=30))
def test_no_delivered_flag_has_a_pattern_that_python_refuses(patterns):
    for written in _delivered_patterns(patterns):
        re.compile(written)


@pytest.mark.parametrize("length", [2, pytest.param(3, marks=pytest.mark.long)])
def test_no_delivered_flag_has_a_pattern_that_node_refuses(length):
    patterns = map("".join, product(PIECES, repeat=length))
    node_finds([(written, ["aA1\n", "🚀"]) for written in _delivered_patterns(patterns)])


def _delivered_patterns(patterns):
    for pattern in patterns:
        delivered = for_local_sdks(flag([condition("regex match", pattern)]))
        if not is_off(delivered):
            yield conditions(delivered)[0][0]["values"][0]
