"""The store: snapshots swapped whole, subscribers told that something is new."""

import time

import pytest

from flagd.ruleset import Cohort, Ruleset
from flagd.snapshot import Snapshot
from flagd.store import Store
from tests.unit.flagd.ruleset.contents import flag, make, many

EMPTY = Ruleset("shop", {}, {}, {}, {}, "r1")


@pytest.fixture
def snapshot():
    return Snapshot.make(EMPTY, None, 100.0)


def test_a_store_is_empty_and_not_loaded_at_first():
    store = Store()
    assert (dict(store.snapshots), store.loaded, store.closed) == ({}, False, False)


def test_a_replacement_is_seen_whole_and_what_was_taken_before_stays(snapshot):
    store = Store()
    before = store.snapshots
    store.replace({"shop": snapshot})
    assert dict(store.snapshots) == {"shop": snapshot}
    assert dict(before) == {}
    assert store.loaded


def test_nobody_can_change_what_is_served(snapshot):
    given = {"shop": snapshot}
    store = Store()
    store.replace(given)
    given.clear()
    assert dict(store.snapshots) == {"shop": snapshot}
    with pytest.raises(TypeError):
        store.snapshots["shop"] = snapshot


def test_an_empty_replacement_counts_as_loaded():
    store = Store()
    store.replace({})
    assert store.loaded


def test_every_subscriber_is_woken_once_for_many_replacements(snapshot):
    store = Store()
    with store.subscribe() as first, store.subscribe() as second:
        for _ in range(3):
            store.replace({"shop": snapshot})
        assert first.is_set()
        assert second.is_set()
        first.clear()
        assert not first.is_set()
        store.replace({})
        assert first.is_set()


def test_a_subscriber_that_left_is_not_woken(snapshot):
    store = Store()
    with store.subscribe() as left:
        pass
    store.replace({"shop": snapshot})
    assert not left.is_set()


def test_closing_wakes_the_subscribers():
    store = Store()
    with store.subscribe() as told:
        store.close()
        assert told.is_set()
    assert store.closed


def test_a_snapshot_goes_stale_and_comes_back(snapshot):
    now = time.time()
    lost = snapshot.lost()
    assert (lost.stale, lost.as_of, lost.revision) == (True, 100.0, "r1")
    back = lost.at(now)
    assert (back.stale, back.as_of, back.engine is snapshot.engine) == (False, now, True)


def test_a_snapshot_of_the_next_revision_answers_as_one_made_alone():
    context = {"user": {"user_id": "ann"}}
    cohorts = {"beta": Cohort("User", frozenset({"ann"}))}
    members = [[{"selector": ["context", "user", "cohort_ids"], "op": "set contains any", "values": ["beta"]}]]
    testers = flag("f0", segments=[{"conditions": members, "variant": "off"}])
    before = many(100)
    history = [many(100, f7=1), many(99), make({**before.flags, "f0": testers}, cohorts), make({"f0": testers})]
    snapshot = Snapshot.make(before, None, 0.0)
    for ruleset in history:
        snapshot = Snapshot.make(ruleset, snapshot, 0.0)
        alone = Snapshot.make(ruleset, None, 0.0)
        assert snapshot.ruleset is ruleset
        assert snapshot.engine.order() == alone.engine.order()
        for key in ("f0", "f7", "f99"):
            one, other = snapshot.engine.variant(context, key), alone.engine.variant(context, key)
            assert (one and one.as_dict()) == (other and other.as_dict())
