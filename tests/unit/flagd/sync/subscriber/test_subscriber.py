"""Subscriber: what a store says after what publishers said, without gRPC, a folder or a cluster."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from flagd.backoff import Backoff
from flagd.metrics import Metrics
from flagd.snapshot import Snapshot
from flagd.store import Store
from flagd.sync.subscriber import connection as connection_module
from flagd.sync.subscriber import subscriber as module
from flagd.sync.subscriber.settings import Hosts, Settings
from flagd.sync.subscriber.subscriber import Subscriber
from flagd.v1.ruleset_pb2 import Role
from tests.unit.flagd.ruleset.contents import make, many
from tests.unit.flagd.sync.subscriber.publisher import Publisher

ONE, TWO, THREE = many(3), many(3, f1=1), many(3, f1=2)
WRONG = "0" * 64


class Told:
    """An observer that keeps what it is told."""

    def __init__(self):
        self.rulesets, self.gone = [], []

    def remember(self, ruleset):
        self.rulesets.append(ruleset)

    def tell(self, ruleset):
        self.rulesets.append(ruleset)

    def withdraw(self, project):
        self.gone.append(project)


class Following:
    """A subscriber that runs, and what it writes."""

    def __init__(self, publishers, peers=(), stale_seconds=3600.0):
        self.store, self.metrics, self.told = Store(), Metrics(), Told()
        settings = Settings(Role.ROLE_CLIENT, "me", hosts(publishers), hosts(peers), stale_seconds)
        self.subscriber = Subscriber(settings, self.store, self.told, self.metrics)

    def revision(self, project="p"):
        snapshot = self.store.snapshots.get(project)
        return snapshot and snapshot.revision


def hosts(publishers):
    by_address = {f"127.0.0.1:{port}": one for port, one in enumerate(publishers, 1)}
    return Hosts(tuple(by_address), lambda address, host: by_address[address].at(address, host))


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


@asynccontextmanager
async def following(*publishers, snapshots=None, peers=(), **settings):
    one = Following(publishers, peers, **settings)
    one.subscriber.remember(snapshots or {})
    if snapshots:
        one.store.replace(snapshots)
    running = asyncio.create_task(one.subscriber.run())
    try:
        await until(lambda: all(each.hellos for each in publishers))
        yield one
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(connection_module, "RECONNECT", Backoff(0, 0))
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.001)


async def test_the_first_load_is_served_as_a_whole():
    publisher = Publisher()
    async with following(publisher) as one:
        publisher.update(ONE)
        publisher.compressed(make(project="q"))
        await until(lambda: len(one.told.rulesets) == 2)
        assert not one.store.loaded
        publisher.heartbeat()
        await until(lambda: one.store.loaded)
        assert one.store.snapshots.keys() == {"p", "q"}
        await until(lambda: len(publisher.acked()) == 2)


async def test_updates_are_folded_one_into_another():
    publisher = Publisher()
    async with following(publisher) as one:
        publisher.update(ONE)
        publisher.heartbeat()
        publisher.update(TWO, ONE)
        publisher.compressed(THREE, TWO)
        await until(lambda: one.revision() == THREE.revision)
        await until(lambda: publisher.acked() == [("p", each.revision) for each in (ONE, TWO, THREE)])


async def test_a_project_that_is_gone_is_served_no_longer():
    publisher = Publisher()
    async with following(publisher) as one:
        publisher.update(ONE)
        publisher.heartbeat()
        publisher.removal("p")
        await until(lambda: one.store.loaded and one.revision() is None)
        await until(lambda: publisher.acked()[-1:] == [("p", "")])
        assert one.told.gone == ["p"]


def gap(publisher):
    publisher.update(THREE, TWO)


def wrong_hash(publisher):
    publisher.compressed(TWO, ONE, revision=WRONG)


def damaged(publisher):
    publisher.compressed(TWO, ONE, gzip=b"no gzip")


@pytest.mark.parametrize("wrong", [gap, wrong_hash, damaged])
async def test_what_is_wrong_is_refused_and_what_is_served_stays_until_it_is_sent_again(wrong):
    publisher = Publisher()
    async with following(publisher) as one:
        publisher.update(ONE)
        publisher.heartbeat()
        wrong(publisher)
        await until(lambda: len(publisher.nacked()) == 1)
        assert one.revision() == ONE.revision
        publisher.update(THREE)
        await until(lambda: one.revision() == THREE.revision)
        assert one.metrics.updates == {"applied": 2, "refused": 1}


async def test_of_several_publishers_only_the_one_of_the_highest_epoch_is_followed():
    old, new = Publisher(epoch=1), Publisher(epoch=2)
    async with following(old, new) as one:
        new.update(TWO)
        new.heartbeat()
        await until(lambda: one.revision() == TWO.revision)
        old.update(ONE)
        await until(lambda: old.nacked() == ["another publisher decides"])
        assert one.revision() == TWO.revision
        assert one.subscriber.term.epoch == 2


async def test_one_that_does_not_decide_is_not_followed_until_it_does():
    standby = Publisher(publishing=False)
    async with following(standby) as one:
        standby.update(ONE)
        standby.heartbeat()
        await until(lambda: standby.nacked() == ["another publisher decides"])
        assert not one.store.loaded
        standby.term["publishing"] = True
        standby.heartbeat()
        # What was passed over is asked for again with a new hello.
        await until(lambda: len(standby.hellos) == 2)


async def test_who_takes_over_learns_what_is_served_and_goes_on_from_there():
    old, new = Publisher(epoch=1), Publisher(epoch=0, publishing=False)
    async with following(old, new) as one:
        new.heartbeat()
        old.update(ONE)
        old.heartbeat()
        await until(lambda: new.acked() == [("p", ONE.revision)])
        new.term |= {"epoch": 2, "publishing": True}
        new.update(TWO, ONE)
        await until(lambda: one.revision() == TWO.revision)


async def test_a_stream_that_breaks_is_opened_again_and_says_what_is_held():
    publisher = Publisher()
    async with following(publisher) as one:
        publisher.update(ONE)
        publisher.heartbeat()
        await until(lambda: one.revision() == ONE.revision)
        publisher.hang_up()
        await until(lambda: len(publisher.hellos) == 2)
        assert [(each.project, each.revision) for each in publisher.hellos[1].held] == [("p", ONE.revision)]
        assert publisher.hellos[1].role == Role.ROLE_CLIENT
        publisher.update(TWO, ONE)
        await until(lambda: one.revision() == TWO.revision)


async def test_what_is_served_is_stale_in_silence_and_fresh_once_it_is_vouched_for(caplog):
    publisher = Publisher()
    async with following(publisher, stale_seconds=0.05) as one:
        publisher.update(ONE)
        publisher.heartbeat()
        await until(lambda: one.store.loaded and one.store.snapshots["p"].stale)
        assert "out of touch with the operator" in caplog.text

        def spoken():
            publisher.heartbeat()
            return not one.store.snapshots["p"].stale

        await until(spoken)


async def test_what_a_publisher_sends_that_lost_its_source_is_stale():
    publisher = Publisher(stale=True)
    async with following(publisher) as one:
        publisher.update(ONE)
        publisher.heartbeat()
        await until(lambda: one.store.loaded)
        assert one.store.snapshots["p"].stale


async def test_a_project_too_large_to_be_sent_stays_and_is_not_called_fresh():
    publisher = Publisher()
    async with following(publisher, stale_seconds=0.05) as one:
        publisher.update(ONE)
        publisher.heartbeat()
        publisher.oversize("p")

        def stale():
            publisher.heartbeat()
            return one.store.loaded and one.store.snapshots["p"].stale

        await until(stale)
        assert one.revision() == ONE.revision


async def test_a_restart_says_what_it_held_and_is_sent_what_differs():
    publisher = Publisher()
    async with following(publisher, snapshots={"p": Snapshot.make(ONE, None, 0.0).lost()}) as one:
        assert [each.revision for each in publisher.hellos[0].held] == [ONE.revision]
        publisher.update(TWO, ONE)
        await until(lambda: one.revision() == TWO.revision)


async def test_peers_are_asked_where_nobody_publishes_and_what_they_serve_is_stale(monkeypatch):
    monkeypatch.setattr(module, "PEER_SECONDS", 0.0)
    silent, peer = Publisher(), Publisher()
    async with following(silent, peers=[peer]) as one:
        await until(lambda: peer.hellos)
        peer.update(ONE)
        peer.heartbeat()
        await until(lambda: one.store.loaded)
        assert (one.revision(), one.store.snapshots["p"].stale) == (ONE.revision, True)
