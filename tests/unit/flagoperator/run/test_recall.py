"""Recall: what the replicas say that they serve, as the operator reads it at its start."""

import asyncio

import pytest

from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagoperator.run import recall as module
from flagoperator.run.recall import Recalled, recall
from tests.unit.flagd.ruleset.contents import make, many
from tests.unit.flagd.sync.subscriber.publisher import Publisher

ONE, TWO = many(3), many(3, f1=1)


async def recalled(*replicas, say, **options):
    """Return what is recalled of `replicas` once each has been asked and `say` has run, as revisions by project."""
    by_address = {f"127.0.0.1:{port}": one for port, one in enumerate(replicas, 1)}
    connect = lambda at, host: by_address[at].at(at, host)  # noqa: E731 - one line says it
    asking = asyncio.create_task(recall(tuple(by_address), "operator-0", connect, **options))
    async with asyncio.timeout(60):
        while not all(each.hellos for each in replicas):
            await asyncio.sleep(0.001)
    say()
    return {name: one.revision for name, one in (await asking).rulesets.items()}


async def test_nobody_is_asked_where_there_is_nobody():
    assert await recall((), "operator-0", None) == Recalled({}, served=False)


@pytest.mark.parametrize(("served", "first"), [(True, ONE), (False, TWO)])
def test_what_is_served_goes_before_what_was_kept_and_what_another_would_publish_after_it(served, first):
    found = Recalled({"p": ONE}, served=served).over({"p": TWO, "q": make(project="q")})
    assert (found.rulesets["p"], found.served) == (first, True)
    assert "q" in found.rulesets
    assert Recalled({"p": ONE}, served=served).over({}) == Recalled({"p": ONE}, served=served)


async def test_of_replicas_that_differ_the_newest_counts():
    old, new = Publisher(epoch=1), Publisher(epoch=2)

    def say():
        old.update(ONE)
        new.compressed(TWO)
        new.update(make(project="q"))
        for each in (old, new):
            each.heartbeat()

    assert await recalled(old, new, say=say) == {"p": TWO.revision, "q": make().revision}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize(("publishing", "found"), [(True, TWO), (False, ONE)])
async def test_operators_that_stand_by_count_less_than_who_publishes_and_among_them_who_knows_most(
    order, publishing, found
):
    knows, new = (Publisher(epoch=3, publishing=False) for _ in range(2))
    last = Publisher(epoch=2, publishing=publishing)

    def say():
        knows.update(ONE)
        if publishing:
            last.update(TWO)
        for each in (knows, last, new):
            each.heartbeat()

    assert await recalled(*[(knows, last, new)[one] for one in order], say=say) == {"p": found.revision}


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
    monkeypatch.setattr(module, "TELLING_SECONDS", 0.1)
    silent = Publisher()
    assert await recalled(silent, say=lambda: silent.update(ONE)) == {}


async def test_one_that_has_begun_to_tell_is_waited_for_when_others_are_given_up(monkeypatch):
    slow, silent, away = Publisher(), Publisher(), Publisher()

    async def tell():
        while not slow.answers:
            await asyncio.sleep(0.001)
        monkeypatch.setattr(module, "SILENT_SECONDS", 0)
        await asyncio.sleep(1)
        slow.heartbeat()

    def say():
        slow.update(ONE)
        away.hang_up()
        tasks.append(asyncio.create_task(tell()))

    tasks = []
    assert await recalled(slow, silent, away, say=say, away_seconds=0) == {"p": ONE.revision}


async def test_one_that_refuses_is_waited_for_no_longer_than_said(monkeypatch):
    monkeypatch.setattr(module, "SILENT_SECONDS", 3600)
    away = Publisher()
    assert await recalled(away, say=away.hang_up, away_seconds=0) == {}


async def test_why_peers_could_not_be_asked_is_logged(monkeypatch, caplog):
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.2)

    def connect(*_):
        raise RuntimeError("no such certificate")

    assert await recall(["127.0.0.1:1"], "operator-0", connect) == Recalled({}, served=False)
    assert "what peers serve could not be asked" in caplog.text
    assert "no such certificate" in caplog.text


async def test_what_is_known_is_asked_for_by_its_revision_and_stands_where_nothing_else_is_said():
    publisher = Publisher()
    held = [HashedRuleset.of(ONE), HashedRuleset.of(make(project="q")), HashedRuleset.of(make(project="r"))]

    def say():
        publisher.update(TWO, ONE)
        publisher.removal("r")
        publisher.heartbeat()

    assert await recalled(publisher, say=say, held=held) == {"p": TWO.revision, "q": make(project="q").revision}
    assert set(publisher.hellos[0].projects) == {"p", "q", "r"}
    assert {one.project: one.revision for one in publisher.hellos[0].held}["p"] == ONE.revision
