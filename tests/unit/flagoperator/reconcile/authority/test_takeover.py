"""Takeover: when a replica with the Lease may publish, as a table."""

from dataclasses import replace

import pytest

from flagoperator.reconcile.authority.takeover import (
    FIRST_TERM_SECONDS,
    FRESH_SECONDS,
    LATER_TERM_SECONDS,
    Situation,
    Verdict,
    judge,
    served,
)
from tests.unit.flagd.ruleset.contents import many

LATER = Situation(
    leads=True,
    epoch=2,
    led_seconds=1.0,
    listed_seconds=0.5,
    publishing=False,
    recalled=False,
    replicas={},
    ready=None,
)
NEW, OLD = {"new": {}}, {"old": {"shop": 10}}
EMPTY = {"new": {"shop": 0}}
SHOP = frozenset({"shop"})


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"leads": False}, Verdict.STAND_BY),
        ({"leads": False, "publishing": True, "recalled": True}, Verdict.STAND_BY),
        ({"listed_seconds": 1.0 + FRESH_SECONDS}, Verdict.WAIT),
        ({"listed_seconds": 1.1 + FRESH_SECONDS}, Verdict.LIST),
        ({"listed_seconds": float("inf"), "publishing": True}, Verdict.LIST),
        ({"publishing": True}, Verdict.PUBLISH),
        ({"recalled": True}, Verdict.PUBLISH),
        ({}, Verdict.WAIT),
        ({"replicas": NEW}, Verdict.WAIT),
        ({"replicas": EMPTY}, Verdict.WAIT),
        ({"replicas": NEW | OLD}, Verdict.PUBLISH),
        ({"replicas": NEW, "ready": frozenset({"new", "old"})}, Verdict.WAIT),
        ({"replicas": NEW | OLD, "ready": frozenset({"new", "old"})}, Verdict.PUBLISH),
        ({"replicas": NEW, "ready": frozenset({"new"})}, Verdict.PUBLISH),
        ({"ready": frozenset()}, Verdict.PUBLISH),
        ({"epoch": 1}, Verdict.WAIT),
        ({"epoch": 1, "replicas": NEW}, Verdict.PUBLISH),
        ({"epoch": 1, "replicas": NEW, "ready": frozenset({"old"})}, Verdict.WAIT),
        ({"epoch": 1, "led_seconds": FIRST_TERM_SECONDS}, Verdict.PUBLISH_UNHEARD),
        ({"led_seconds": FIRST_TERM_SECONDS}, Verdict.WAIT),
        ({"led_seconds": LATER_TERM_SECONDS}, Verdict.PUBLISH_UNHEARD),
        ({"led_seconds": LATER_TERM_SECONDS, "replicas": OLD}, Verdict.PUBLISH),
        ({"unknown": SHOP, "replicas": NEW | OLD}, Verdict.RECALL),
        ({"unknown": SHOP, "replicas": NEW | OLD, "recalled": True}, Verdict.PUBLISH),
        ({"unknown": SHOP, "replicas": {"old": {"other": 10}}}, Verdict.PUBLISH),
        ({"unknown": SHOP, "epoch": 1, "replicas": EMPTY}, Verdict.PUBLISH),
        ({"unknown": SHOP, "led_seconds": LATER_TERM_SECONDS, "replicas": OLD}, Verdict.PUBLISH_UNHEARD),
        ({"unknown": SHOP, "led_seconds": LATER_TERM_SECONDS}, Verdict.WAIT),
        ({"unknown": SHOP, "led_seconds": LATER_TERM_SECONDS, "replicas": EMPTY}, Verdict.PUBLISH_UNHEARD),
    ],
)
def test_what_is_to_be_done(change, verdict):
    assert judge(replace(LATER, **change)) is verdict


def test_only_those_two_publish():
    assert {each for each in Verdict if each.publishes} == {Verdict.PUBLISH, Verdict.PUBLISH_UNHEARD}


@pytest.mark.parametrize(
    ("known", "replicas", "publishing", "expected"),
    [
        ({}, {"a": {"shop": 3}, "b": {"shop": 5}}, False, {"shop": 5}),
        ({"p": many(3)}, {"a": {"p": 3}}, False, {"p": many(3)}),
        ({"p": many(3)}, {"a": {"p": 4}}, False, {"p": 4}),
        ({"p": many(3)}, {"a": {"p": 4}}, True, {"p": many(3)}),
        ({"p": many(3)}, {"a": {"q": 0}}, False, {"p": many(3)}),
    ],
    ids=["nothing is known", "as many", "more", "in the term", "nothing is served"],
)
def test_what_is_served_is_what_is_known_or_how_many_flags_where_that_is_more(known, replicas, publishing, expected):
    assert served(known, replace(LATER, replicas=replicas, publishing=publishing)) == expected
