import dataclasses

import pytest

from flagd.tracking import Counters, counters
from flagd.tracking.counters import Labels
from tests.unit.flagd.tracking.lookups import OFF, ON, context

TREATED = dataclasses.replace(ON, metadata={"rollout_arm": "treated"})


@pytest.fixture
def counted():
    return Counters(flags=["a", "b"], events=["checkout", "checkout-failed"])


def test_an_event_counts_for_every_flag_that_is_counted_by_variant_and_arm(counted):
    for variants in ({"a": TREATED, "b": OFF}, {"a": TREATED}, {"a": ON, "c": ON}):
        counted.count("checkout", variants.get)
    counted.count("checkout-failed", {"a": TREATED}.get)
    assert counted.counts == {
        Labels("a", "on", "treated", "checkout"): 2,
        Labels("a", "on", "", "checkout"): 1,
        Labels("b", "off", "", "checkout"): 1,
        Labels("a", "on", "treated", "checkout-failed"): 1,
    }


def test_an_event_that_nobody_named_is_refused_with_those_that_are_counted(counted):
    with pytest.raises(LookupError, match="checkout, checkout-failed"):
        counted.count("chekout", {"a": ON}.get)
    assert counted.counts == {}


def test_the_last_answers_of_a_user_are_remembered_for_the_flags_that_are_counted(counted, monkeypatch):
    monkeypatch.setattr(counters, "USERS", 2)
    for name in ("eve", "ann", "eve", "uma"):
        counted.remember(context(name), "a", ON)
        counted.remember(context(name), "unnamed", ON)
    assert [counted.last(context(name), "a") for name in ("eve", "ann", "uma")] == [ON, None, ON]
    assert counted.last(context("eve"), "unnamed") is None


def test_a_child_counts_from_nothing(counted):
    counted.count("checkout", {"a": ON}.get)
    counted.heal()
    assert counted.counts == {}
