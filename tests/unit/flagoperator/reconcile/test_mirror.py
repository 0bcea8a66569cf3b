"""Whatever order the watch and the lists come in, the mirror is what the API server has."""

from __future__ import annotations

import pytest

from flagd.manifest import KINDS
from flagoperator.reconcile.mirror import Mirror, order
from tests.unit.flagoperator.reconcile.cluster import flag, ref


def listed(mirror: Mirror, version: int, *objects: dict) -> set:
    listing = mirror.listing("Flag", str(version))
    listing.page(objects)
    listing.finish()
    return listing.differences


def names(mirror: Mirror) -> dict[str, str]:
    return {entry.ref.name: entry.version for entry in mirror.entries("Flag")}


def test_it_is_complete_once_every_kind_was_listed():
    mirror = Mirror()
    for kind in KINDS:
        assert not mirror.complete
        mirror.listing(kind, "1").finish()
    assert mirror.complete


def test_a_list_finds_a_deletion_that_the_watch_lost():
    mirror = Mirror()
    mirror.observe("Flag", "ADDED", flag("a", 5))
    mirror.observe("Flag", "ADDED", flag("b", 6))
    assert listed(mirror, 9, flag("b", 6)) == {ref("a")}
    assert mirror.drain() == {ref("a"): None, ref("b"): mirror.entry(ref("b"))}


def test_what_was_made_after_a_list_began_outlives_it():
    mirror = Mirror()
    listing = mirror.listing("Flag", "9")
    mirror.observe("Flag", "ADDED", flag("new", 10))
    listing.page([])
    listing.finish()
    assert names(mirror) == {"new": "10"}


def test_what_was_deleted_after_a_list_began_does_not_come_back():
    mirror = Mirror()
    mirror.observe("Flag", "ADDED", flag("a", 5))
    listing = mirror.listing("Flag", "9")
    mirror.observe("Flag", "DELETED", flag("a", 10))
    listing.page([flag("a", 5)])
    listing.finish()
    assert names(mirror) == {}


@pytest.mark.parametrize("event", ["ADDED", "MODIFIED", None])
def test_a_watch_that_lags_behind_a_list_changes_nothing(event: str | None):
    mirror = Mirror()
    listed(mirror, 20, flag("a", 15))
    assert not mirror.observe("Flag", event, flag("a", 12))
    assert not mirror.observe("Flag", event, flag("gone", 13))
    assert names(mirror) == {"a": "15"}


def test_a_late_deletion_of_an_earlier_object_leaves_the_new_one():
    mirror = Mirror()
    mirror.observe("Flag", "ADDED", flag("a", 30, uid="second"))
    assert not mirror.observe("Flag", "DELETED", flag("a", 31, uid="first"))
    assert names(mirror) == {"a": "30"}


def test_a_cluster_restored_from_a_backup_is_believed():
    mirror = Mirror()
    listed(mirror, 1000, flag("a", 900), flag("b", 950))
    assert listed(mirror, 500, flag("a", 400)) == {ref("a"), ref("b")}
    assert names(mirror) == {"a": "400"}
    assert mirror.observe("Flag", "ADDED", flag("c", 501))


def test_a_list_older_than_what_was_told_before_it_is_that_of_a_restored_cluster():
    mirror = Mirror()
    listed(mirror, 500, flag("a", 400))
    for number in range(3):
        mirror.observe("Flag", "ADDED", flag(f"late{number}", 600 + number))
    least = mirror.newest("Flag")
    listing = mirror.listing("Flag", "550", least)
    listing.page([flag("a", 400)])
    listing.finish()
    assert names(mirror) == {"a": "400"}
    assert mirror.observe("Flag", "ADDED", flag("b", 551))
    assert mirror.newest("Flag") == 551


def test_a_restored_cluster_that_wrote_on_past_what_was_known_is_believed():
    mirror = Mirror()
    listed(mirror, 500, flag("a", 400), flag("b", 401), flag("c", 402))
    mirror.observe("Flag", "MODIFIED", flag("a", 600, generation=2))
    mirror.observe("Flag", "DELETED", flag("b", 601))
    # After the restore nothing was told of, and all that was written is younger than what is known.
    assert listed(mirror, 700, flag("a", 400), flag("b", 401), flag("c", 402)) == {ref("a"), ref("b")}
    assert names(mirror) == {"a": "400", "b": "401", "c": "402"}


@pytest.mark.parametrize("way", ["watch", "list"])
def test_another_spec_of_the_same_generation_is_a_change(way: str):
    mirror = Mirror()
    mirror.observe("Flag", "ADDED", flag("a", 1, generation=2))
    mirror.drain()
    changed = flag("a", 9, generation=2, allOtherUsers={"percent": 50})
    if way == "watch":
        mirror.observe("Flag", "MODIFIED", changed)
    else:
        listed(mirror, 9, changed)
    entry = mirror.drain()[ref("a")]
    assert entry is not None
    assert entry.resource is not None
    assert str(entry.resource.spec.all_other_users.percent) == "50"


def test_a_spec_that_is_nested_too_deeply_is_invalid_and_no_error():
    mirror, deep = Mirror(), []
    for _ in range(2000):
        deep = [deep]
    mirror.observe("Flag", "ADDED", flag("a", 1, variants=deep))
    entry = mirror.entry(ref("a"))
    assert entry is not None
    assert not entry.valid


def test_versions_that_cannot_be_ordered_are_taken_as_they_come():
    mirror = Mirror()
    obj = flag("a")
    obj["metadata"]["resourceVersion"] = "x1"
    assert mirror.observe("Flag", "ADDED", obj)
    assert order("x1") is None
    assert order("17") == 17


def test_a_change_of_status_is_no_change_of_the_flag():
    mirror = Mirror()
    mirror.observe("Flag", "ADDED", flag("a", 1))
    before = mirror.drain()[ref("a")]
    mirror.drain_touched()
    mirror.observe("Flag", "MODIFIED", {**flag("a", 2), "status": {"observedGeneration": 1}})
    assert not mirror.pending
    assert mirror.drain_touched() == {ref("a")}
    after = mirror.entry(ref("a"))
    assert after is not None
    assert before is not None
    assert after.resource is before.resource
    assert after.status == {"observedGeneration": 1}


def test_an_invalid_flag_keeps_its_last_valid_form():
    mirror = Mirror()
    mirror.observe("Flag", "ADDED", flag("a", 1))
    valid = mirror.entry(ref("a"))
    mirror.observe("Flag", "MODIFIED", flag("a", 2, generation=2, variants=[]))
    invalid = mirror.entry(ref("a"))
    assert valid is not None
    assert invalid is not None
    assert not invalid.valid
    assert invalid.resource is valid.resource
    assert invalid.generation == 2


def test_a_new_object_does_not_inherit_from_one_of_its_name():
    mirror = Mirror()
    mirror.observe("Flag", "ADDED", flag("a", 1, uid="first"))
    mirror.observe("Flag", "ADDED", flag("a", 3, uid="second", variants=[]))
    entry = mirror.entry(ref("a"))
    assert entry is not None
    assert entry.resource is None


def test_where_the_last_list_was_is_unknown_before_the_first_and_while_the_cluster_is_rewound():
    mirror = Mirror()
    assert mirror.listed("Flag") == ""
    mirror.listing("Flag", "50").finish()
    assert mirror.listed("Flag") == "50"
    listing = mirror.listing("Flag", "40")
    assert mirror.listed("Flag") == ""
    listing.finish()
    assert mirror.listed("Flag") == "40"
