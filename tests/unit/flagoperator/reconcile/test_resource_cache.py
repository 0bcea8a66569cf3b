"""Whatever order the watch and the lists come in, the cache is what the API server has."""

from __future__ import annotations

import pytest

from flagd.manifest import KINDS
from flagoperator.reconcile.resource_cache import ResourceCache, order
from tests.unit.flagoperator.reconcile.cluster import flag, ref


def listed(cache: ResourceCache, version: int, *objects: dict) -> set:
    listing = cache.listing("Flag", str(version))
    listing.page(objects)
    listing.finish()
    return listing.differences


def names(cache: ResourceCache) -> dict[str, str]:
    return {entry.ref.name: entry.version for entry in cache.entries("Flag")}


def test_it_is_complete_once_every_kind_was_listed():
    cache = ResourceCache()
    for kind in KINDS:
        assert not cache.complete
        cache.listing(kind, "1").finish()
    assert cache.complete


def test_a_list_finds_a_deletion_that_the_watch_lost():
    cache = ResourceCache()
    cache.observe("Flag", "ADDED", flag("a", 5))
    cache.observe("Flag", "ADDED", flag("b", 6))
    assert listed(cache, 9, flag("b", 6)) == {ref("a")}
    assert cache.drain() == {ref("a"): None, ref("b"): cache.entry(ref("b"))}


def test_what_was_made_after_a_list_began_outlives_it():
    cache = ResourceCache()
    listing = cache.listing("Flag", "9")
    cache.observe("Flag", "ADDED", flag("new", 10))
    listing.page([])
    listing.finish()
    assert names(cache) == {"new": "10"}


def test_what_was_deleted_after_a_list_began_does_not_come_back():
    cache = ResourceCache()
    cache.observe("Flag", "ADDED", flag("a", 5))
    listing = cache.listing("Flag", "9")
    cache.observe("Flag", "DELETED", flag("a", 10))
    listing.page([flag("a", 5)])
    listing.finish()
    assert names(cache) == {}


@pytest.mark.parametrize("event", ["ADDED", "MODIFIED", None])
def test_a_watch_that_lags_behind_a_list_changes_nothing(event: str | None):
    cache = ResourceCache()
    listed(cache, 20, flag("a", 15))
    assert not cache.observe("Flag", event, flag("a", 12))
    assert not cache.observe("Flag", event, flag("gone", 13))
    assert names(cache) == {"a": "15"}


def test_a_late_deletion_of_an_earlier_object_leaves_the_new_one():
    cache = ResourceCache()
    cache.observe("Flag", "ADDED", flag("a", 30, uid="second"))
    assert not cache.observe("Flag", "DELETED", flag("a", 31, uid="first"))
    assert names(cache) == {"a": "30"}


def test_a_cluster_restored_from_a_backup_is_believed():
    cache = ResourceCache()
    listed(cache, 1000, flag("a", 900), flag("b", 950))
    assert listed(cache, 500, flag("a", 400)) == {ref("a"), ref("b")}
    assert names(cache) == {"a": "400"}
    assert cache.observe("Flag", "ADDED", flag("c", 501))


def test_a_list_older_than_what_was_told_before_it_is_that_of_a_restored_cluster():
    cache = ResourceCache()
    listed(cache, 500, flag("a", 400))
    for number in range(3):
        cache.observe("Flag", "ADDED", flag(f"late{number}", 600 + number))
    least = cache.newest("Flag")
    listing = cache.listing("Flag", "550", least)
    listing.page([flag("a", 400)])
    listing.finish()
    assert names(cache) == {"a": "400"}
    assert cache.observe("Flag", "ADDED", flag("b", 551))
    assert cache.newest("Flag") == 551


def test_a_restored_cluster_that_wrote_on_past_what_was_known_is_believed():
    cache = ResourceCache()
    listed(cache, 500, flag("a", 400), flag("b", 401), flag("c", 402))
    cache.observe("Flag", "MODIFIED", flag("a", 600, generation=2))
    cache.observe("Flag", "DELETED", flag("b", 601))
    # After the restore nothing was told of, and all that was written is younger than what is known.
    assert listed(cache, 700, flag("a", 400), flag("b", 401), flag("c", 402)) == {ref("a"), ref("b")}
    assert names(cache) == {"a": "400", "b": "401", "c": "402"}


@pytest.mark.parametrize("way", ["watch", "list"])
def test_another_spec_of_the_same_generation_is_a_change(way: str):
    cache = ResourceCache()
    cache.observe("Flag", "ADDED", flag("a", 1, generation=2))
    cache.drain()
    changed = flag("a", 9, generation=2, allOtherUsers={"percent": 50})
    if way == "watch":
        cache.observe("Flag", "MODIFIED", changed)
    else:
        listed(cache, 9, changed)
    entry = cache.drain()[ref("a")]
    assert entry is not None
    assert entry.resource is not None
    assert str(entry.resource.spec.all_other_users.percent) == "50"


def test_a_spec_that_is_nested_too_deeply_is_invalid_and_no_error():
    cache, deep = ResourceCache(), []
    for _ in range(2000):
        deep = [deep]
    cache.observe("Flag", "ADDED", flag("a", 1, variants=deep))
    entry = cache.entry(ref("a"))
    assert entry is not None
    assert not entry.valid


def test_versions_that_cannot_be_ordered_are_taken_as_they_come():
    cache = ResourceCache()
    obj = flag("a")
    obj["metadata"]["resourceVersion"] = "x1"
    assert cache.observe("Flag", "ADDED", obj)
    assert order("x1") is None
    assert order("17") == 17


def test_a_change_of_status_is_no_change_of_the_flag():
    cache = ResourceCache()
    cache.observe("Flag", "ADDED", flag("a", 1))
    before = cache.drain()[ref("a")]
    cache.drain_touched()
    cache.observe("Flag", "MODIFIED", {**flag("a", 2), "status": {"observedGeneration": 1}})
    assert not cache.pending
    assert cache.drain_touched() == {ref("a")}
    after = cache.entry(ref("a"))
    assert after is not None
    assert before is not None
    assert after.resource is before.resource
    assert after.status == {"observedGeneration": 1}


def test_an_invalid_flag_keeps_its_last_valid_form():
    cache = ResourceCache()
    cache.observe("Flag", "ADDED", flag("a", 1))
    valid = cache.entry(ref("a"))
    cache.observe("Flag", "MODIFIED", flag("a", 2, generation=2, variants=[]))
    invalid = cache.entry(ref("a"))
    assert valid is not None
    assert invalid is not None
    assert not invalid.valid
    assert invalid.resource is valid.resource
    assert invalid.generation == 2


def test_a_new_object_does_not_inherit_from_one_of_its_name():
    cache = ResourceCache()
    cache.observe("Flag", "ADDED", flag("a", 1, uid="first"))
    cache.observe("Flag", "ADDED", flag("a", 3, uid="second", variants=[]))
    entry = cache.entry(ref("a"))
    assert entry is not None
    assert entry.resource is None


def test_where_the_last_list_was_is_unknown_before_the_first_and_while_the_cluster_is_rewound():
    cache = ResourceCache()
    assert cache.listed("Flag") == ""
    cache.listing("Flag", "50").finish()
    assert cache.listed("Flag") == "50"
    listing = cache.listing("Flag", "40")
    assert cache.listed("Flag") == ""
    listing.finish()
    assert cache.listed("Flag") == "40"
