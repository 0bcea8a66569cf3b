"""A joint flag counts what its two sides give, whatever differs between them."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagctl.impact.joint import Joint
from flagd.engine import writer
from flagd.engine.flag import make_flag
from flagd.hashing import murmur3
from flagd.ruleset import Cohort
from tests.unit.flagd.engine.flags import (
    ALLOCATIONS,
    CONTEXTS,
    COUNTRY,
    FLAGS,
    KEYS,
    PLAN,
    bucket,
    condition,
    flag,
    segment,
    variants,
)

USERS = [
    {"user": {name: value for name, value in [("user_id", user), ("country", country)] if value is not None}}
    for user, country in product([None, "é", "", 7, *(f"user-{number}" for number in range(50))], ["US", "DE", None])
]
USUAL = [{"user": {"user_id": f"user-{number}", "country": "US"}} for number in range(50)]
IN_US = [[condition(COUNTRY, "is", "US")]]


def asked(before: Any, after: Any, contexts: list[Any]) -> Counter[Any]:
    return Counter((before.decide(each, {}), after.decide(each, {})) for each in contexts)


def assert_counted(before: dict[str, Any], after: dict[str, Any], contexts: list[Any]) -> None:
    one, two = make_flag(before, {}), make_flag(after, {})
    assert Joint(one, two).cells(contexts) == asked(one, two, contexts)


@st.composite
def changes(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a flag before and after a change of shares and variants."""
    before = draw(FLAGS)
    segments = [dict(each) for each in before["segments"]]
    for each in segments:
        if draw(st.booleans()):
            each["variant"] = draw(KEYS)
        if "bucket" in each and draw(st.booleans()):
            each["bucket"] = {**each["bucket"], "allocations": draw(st.lists(ALLOCATIONS, max_size=3))}
        elif draw(st.booleans()):
            each.pop("bucket", None)
    return before, {**before, "segments": segments}


@given(changes() | st.tuples(FLAGS, FLAGS), st.lists(CONTEXTS, max_size=5))
def test_a_joint_flag_counts_what_its_two_sides_give(change, contexts):
    assert_counted(*change, [*USERS[:12], *contexts])


def split(percent: int, **more: Any) -> dict[str, Any]:
    return flag("f", segment("S", "off", conditions=IN_US, bucket=bucket(percent, "on", "b")), segment(), **more)


LARGE = flag("f", *(segment(f"s{n}", conditions=[[condition(PLAN, "is", str(n))]]) for n in range(300)), segment())


@pytest.mark.parametrize(
    "after",
    [
        split(25),
        split(0),
        split(10, variants={**variants("on", "b"), "on": {"key": "on", "payload": 1}}),
        flag("f", segment("S", "off", conditions=IN_US, bucket=bucket(10, "b", "b", "on")), segment()),
        flag("f", segment("S", "on", conditions=IN_US), segment()),
        flag("f", segment("S", "off", conditions=IN_US, bucket=bucket(10, "on", "b")), segment(variant="b")),
        flag("f", segment("S", "off", conditions=IN_US, bucket=bucket(10, "on", "b", salt="new")), segment()),
        flag("f", segment("S", "off", conditions=IN_US, bucket=bucket(10, "on", "b", selector=COUNTRY)), segment()),
        flag("f", segment("S", "off", bucket=bucket(10, "on", "b")), segment()),
        flag("f", segment("S", "off", conditions=[], bucket=bucket(10, "on", "b")), segment()),
        flag("f", segment("S", "off", conditions=[*IN_US, []], bucket=bucket(10, "on", "b")), segment()),
        flag("f", segment("S", None, conditions=IN_US, bucket=bucket(10, "on", "b")), segment()),
        flag("f", segment(), segment("S", "off", conditions=IN_US, bucket=bucket(10, "on", "b"))),
        flag("f", segment()),
        flag("f"),
        LARGE,
    ],
    ids=[
        *("percent", "none", "payload", "weights", "everybody", "other segment", "salt", "key", "for all"),
        *("for nobody", "or all", "falls through", "order", "fewer", "undecided", "large"),
    ],
)
def test_every_kind_of_change_is_counted(after):
    assert_counted(split(10), after, USERS)
    assert_counted(after, split(10), USERS)


@pytest.mark.parametrize(
    ("after", "hashes"),
    [
        (split(25), 1),
        (flag("f", segment("all", "off", bucket=bucket(10, "b"))), 1),
        (flag("f", segment("all", "off", bucket=bucket(10, "b", salt="new"))), 2),
    ],
)
def test_a_user_is_hashed_once_where_both_sides_hash_alike(monkeypatch, after, hashes):
    hashed: list[object] = []

    def counting(*value: Any) -> int:
        hashed.append(value)
        return murmur3(*value)

    monkeypatch.setitem(writer.GLOBALS, "murmur3", counting)
    assert_counted(split(10), after, USUAL)
    assert len(hashed) == hashes * len(USUAL)


def test_members_of_a_list_that_changes_are_counted():
    listed = [[condition(["context", "user", "cohort_ids"], "set contains any", "beta")]]
    source = flag("f", segment("S", conditions=listed))
    one, two = (make_flag(source, {"beta": Cohort("User", frozenset({name}))}) for name in ("user-1", "user-2"))
    counted = Joint(one, two).cells(USUAL)
    assert counted == asked(one, two, USUAL)
    assert sorted(counted.values()) == [1, 1, 48]


def test_whoever_lacks_the_value_to_hash_is_counted_as_both_sides_say():
    cells = Joint(make_flag(split(10), {}), make_flag(split(25), {})).cells([{"user": {"country": "US"}}])
    ((found, count),) = cells.items()
    assert [each.missing for each in found if each] == ["user.user_id"] * 2
    assert count == 1
