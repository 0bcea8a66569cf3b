"""Updates: every message is made once, whoever asks."""

import asyncio
import logging

from flagd.ruleset import Cohort
from flagd.ruleset.hashed_ids import HashedIds
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.publisher import updates as updates_module
from flagd.sync.publisher.updates import HISTORY, Updates
from flagd.sync.update import apply_update, decompress
from flagd.v1.ruleset_pb2 import SubscribeResponse, Update
from tests.unit.flagd.ruleset.contents import make, many

LIMIT = 1_000_000


def updates_of(*rulesets, limit=LIMIT):
    updates = Updates(limit)
    for ruleset in rulesets:
        updates.put(ruleset)
    return updates


async def test_many_who_ask_at_once_get_one_message_that_was_made_once(monkeypatch):
    made = []
    make_update = updates_module.make_update
    monkeypatch.setattr(updates_module, "make_update", lambda *pair: made.append(pair) or make_update(*pair))
    updates = updates_of(many(10))
    encoded = await asyncio.gather(*(updates.encoded("") for _ in range(100)))
    assert len(made) == 1
    assert len({id(message.payload) for message in encoded}) == 1


async def test_one_who_leaves_does_not_take_the_message_of_the_others_along():
    updates = updates_of(many(10))
    leaver, stayer = (asyncio.create_task(updates.encoded("")) for _ in range(2))
    await asyncio.sleep(0)
    leaver.cancel()
    assert (await stayer).revision == many(10).revision


async def test_a_step_from_a_revision_that_is_remembered_is_what_differs():
    before, after = many(100), many(100, f7=1)
    message = await updates_of(before, after).encoded(before.revision)
    update = SubscribeResponse.FromString(message.payload).update
    assert (message.base, [entry.key for entry in update.flags]) == (before.revision, ["f7"])


async def test_a_step_from_any_other_revision_is_everything():
    revisions = [many(2, f0=n) for n in range(HISTORY + 1)]
    updates = updates_of(*revisions)
    assert (await updates.encoded(revisions[1].revision)).base == revisions[1].revision
    assert [(await updates.encoded(base)).base for base in (revisions[0].revision, "unknown", "")] == ["", "", ""]


async def test_large_updates_are_compressed():
    ruleset = many(1000)
    response = SubscribeResponse.FromString((await updates_of(ruleset).encoded("")).payload)
    packed = response.compressed_update
    assert (packed.project, packed.revision) == (ruleset.project, ruleset.revision)
    update = Update.FromString(decompress(packed.gzip, LIMIT))
    assert apply_update(update, HashedRuleset.empty("p")).ruleset == ruleset
    assert len(packed.gzip) < update.ByteSize() / 3


async def test_what_is_too_large_is_told_and_not_sent(caplog):
    ruleset = many(1000)
    message = await updates_of(ruleset, limit=1000).encoded("")
    told = SubscribeResponse.FromString(message.payload).oversize
    assert (told.project, told.revision, told.limit, told.size > 1000) == ("p", ruleset.revision, 1000, True)
    assert not message.answered
    assert "is not sent" in caplog.text


async def test_what_cannot_be_encoded_is_held_back_and_logged(caplog):
    caplog.set_level(logging.ERROR)
    message = await updates_of(make(cohorts={"c": Cohort("User", frozenset({"\ud800"}))})).encoded("")
    assert (message.payload, message.answered) == (b"", False)
    assert "cannot be sent" in caplog.text


def listed(*ids):
    """A ruleset whose one cohort is a list of `ids`."""
    return make(cohorts={"beta": Cohort("User", HashedIds.of(ids), 7)})


async def test_hashes_of_a_list_are_sent_as_they_are_since_nothing_makes_them_smaller():
    ruleset = listed(*map(str, range(10_000)))
    message = await updates_of(ruleset).encoded("")
    update = SubscribeResponse.FromString(message.payload).update
    assert apply_update(update, HashedRuleset.empty(ruleset.project)).ruleset.cohorts == ruleset.cohorts


async def test_old_lists_are_not_kept_beyond_their_bound_but_the_one_before_the_latest_is(monkeypatch):
    monkeypatch.setattr(updates_module, "HASHED_BYTES", 3000)
    revisions = [listed(*map(str, range(number, number + 100))) for number in range(6)]
    updates = updates_of(*revisions)
    found = [(await updates.encoded(each.revision)).base for each in revisions[:-1]]
    assert found[0] == ""
    assert found[-1] == revisions[-2].revision
    monkeypatch.setattr(updates_module, "HASHED_BYTES", 1)
    updates.put(listed("ann"))
    assert (await updates.encoded(revisions[-1].revision)).base == revisions[-1].revision
    assert (await updates.encoded(revisions[-2].revision)).base == ""
