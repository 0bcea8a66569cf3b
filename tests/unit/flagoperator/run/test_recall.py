"""Recall: what the replicas say that they serve, as the operator reads it at its start."""

import asyncio

import pytest

from flagoperator.run import recall as module
from flagoperator.run.recall import recall
from tests.unit.flagd.ruleset.contents import make, many
from tests.unit.flagd.sync.subscriber.publisher import Publisher

ONE, TWO = many(3), many(3, f1=1)


async def recalled(*replicas, say):
    """Return what is recalled of `replicas` once each has been asked and `say` has run, as revisions by project."""
    by_address = {f"127.0.0.1:{port}": one for port, one in enumerate(replicas, 1)}
    asking = asyncio.create_task(recall(tuple(by_address), "operator-0", lambda at, host: by_address[at].at(at, host)))
    async with asyncio.timeout(60):
        while not all(each.hellos for each in replicas):
            await asyncio.sleep(0.001)
    say()
    return {name: one.revision for name, one in (await asking).items()}


async def test_nobody_is_asked_where_there_is_nobody():
    assert await recall((), "operator-0", None) == {}


async def test_of_replicas_that_differ_the_newest_counts():
    old, new = Publisher(epoch=1), Publisher(epoch=2)

    def say():
        old.update(ONE)
        new.compressed(TWO)
        new.update(make(project="q"))
        for each in (old, new):
            each.heartbeat()

    assert await recalled(old, new, say=say) == {"p": TWO.revision, "q": make().revision}


async def test_what_changes_while_a_replica_tells_is_taken_in():
    replica = Publisher()

    def say():
        replica.update(ONE)
        replica.update(make(project="q"))
        replica.update(TWO, ONE)
        replica.removal("q")
        replica.heartbeat()

    assert await recalled(replica, say=say) == {"p": TWO.revision}


@pytest.mark.parametrize("lies", [{"revision": "0" * 64}, {"project": "other"}, {"gzip": b"no gzip"}])
async def test_what_is_not_what_it_says_is_not_used(lies, caplog):
    replica = Publisher()

    def say():
        replica.compressed(ONE, **lies)
        replica.heartbeat()

    assert await recalled(replica, say=say) == {}
    assert "what it serves is not used" in caplog.text


async def test_a_replica_that_does_not_say_everything_in_time_is_not_believed(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_SECONDS", 0.1)
    silent = Publisher()
    assert await recalled(silent, say=lambda: silent.update(ONE)) == {}
