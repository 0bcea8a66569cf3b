"""Shelf: every message is made once, whoever asks."""

import asyncio
import logging

from flagd.ruleset import Cohort
from flagd.ruleset.hashed_ruleset import Edition
from flagd.sync.publisher import update_cache as shelf_module
from flagd.sync.publisher.update_cache import HISTORY, Shelf
from flagd.sync.update import apply_update, decompress
from flagd.v1.ruleset_pb2 import SubscribeResponse, Update
from tests.unit.ruleset.contents import make, many

LIMIT = 1_000_000


def shelved(*rulesets, limit=LIMIT):
    shelf = Shelf(limit)
    for ruleset in rulesets:
        shelf.put(ruleset)
    return shelf


async def test_many_who_ask_at_once_get_one_message_that_was_made_once(monkeypatch):
    made = []
    make_update = shelf_module.make_update
    monkeypatch.setattr(shelf_module, "make_update", lambda *pair: made.append(pair) or make_update(*pair))
    shelf = shelved(many(10))
    parcels = await asyncio.gather(*(shelf.parcel("") for _ in range(100)))
    assert len(made) == 1
    assert len({id(parcel.payload) for parcel in parcels}) == 1


async def test_one_who_leaves_does_not_take_the_message_of_the_others_along():
    shelf = shelved(many(10))
    leaver, stayer = (asyncio.create_task(shelf.parcel("")) for _ in range(2))
    await asyncio.sleep(0)
    leaver.cancel()
    assert (await stayer).revision == many(10).revision


async def test_a_step_from_a_revision_that_is_remembered_is_what_differs():
    before, after = many(100), many(100, f7=1)
    parcel = await shelved(before, after).parcel(before.revision)
    update = SubscribeResponse.FromString(parcel.payload).update
    assert (parcel.base, [entry.key for entry in update.flags]) == (before.revision, ["f7"])


async def test_a_step_from_any_other_revision_is_everything():
    revisions = [many(2, f0=n) for n in range(HISTORY + 1)]
    shelf = shelved(*revisions)
    assert (await shelf.parcel(revisions[1].revision)).base == revisions[1].revision
    assert [(await shelf.parcel(base)).base for base in (revisions[0].revision, "unknown", "")] == ["", "", ""]


async def test_large_updates_are_compressed():
    ruleset = many(1000)
    response = SubscribeResponse.FromString((await shelved(ruleset).parcel("")).payload)
    packed = response.compressed_update
    assert (packed.project, packed.revision) == (ruleset.project, ruleset.revision)
    update = Update.FromString(decompress(packed.gzip, LIMIT))
    assert apply_update(update, Edition.empty("p")).ruleset == ruleset
    assert len(packed.gzip) < update.ByteSize() / 3


async def test_what_is_too_large_is_told_and_not_sent(caplog):
    ruleset = many(1000)
    parcel = await shelved(ruleset, limit=1000).parcel("")
    told = SubscribeResponse.FromString(parcel.payload).oversize
    assert (told.project, told.revision, told.limit, told.size > 1000) == ("p", ruleset.revision, 1000, True)
    assert not parcel.answered
    assert "is not sent" in caplog.text


async def test_what_cannot_be_encoded_is_held_back_and_logged(caplog):
    caplog.set_level(logging.ERROR)
    parcel = await shelved(make(cohorts={"c": Cohort("User", frozenset({"\ud800"}))})).parcel("")
    assert (parcel.payload, parcel.answered) == (b"", False)
    assert "cannot be sent" in caplog.text
