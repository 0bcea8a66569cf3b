"""Replicas: who gets calls and what each serves, for all who read it."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from flagd.sync.publisher import Refusal, Served, Subscriber, Subscribers
from flagoperator.cluster.api import ApiError
from flagoperator.run import replicas as module
from flagoperator.run.replicas import Replicas


class Service:
    """An API server that knows the pods of the evaluation service; None = it does not answer."""

    def __init__(self, **ready):
        self.ready = ready

    async def get(self, _path, **_query):
        if self.ready is None:
            raise ApiError(0, "Unavailable", "away")
        endpoints = [
            {"targetRef": {"name": name}, "addresses": ["10.0.0.1"], "conditions": {"ready": ready}}
            for name, ready in self.ready.items()
        ]
        return {"items": [{"endpoints": endpoints}]}


def subscriber(name, flags=3):
    served = {"shop": Served("r1", flags, 0.0)}
    return Subscriber("replica", name, 0.0, served=served, refused={"shop": Refusal("r2", "too large", 0.0)})


@asynccontextmanager
async def looking(replicas):
    task = asyncio.create_task(replicas.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


async def test_without_a_service_every_subscribed_replica_gets_calls():
    subscribers = Subscribers()
    replicas = Replicas(Service(), None, subscribers)
    with subscribers.enter(subscriber("a")), subscribers.enter(Subscriber("client", "phone", 0.0)):
        async with looking(replicas):
            assert [(one.name, one.revisions, one.refusals) for one in replicas.ready] == [
                ("a", {"shop": "r1"}, {"shop": "too large"})
            ]
            assert (replicas.pods, replicas.flags) == (None, {"a": {"shop": 3}})


async def test_with_a_service_the_ready_pods_count_and_one_that_does_not_subscribe_serves_nothing():
    subscribers = Subscribers()
    replicas = Replicas(Service(a=True, b=True, c=False), ("flags", "flagd"), subscribers)
    assert (replicas.pods, replicas.ready) == (None, [])
    with subscribers.enter(subscriber("a")), subscribers.enter(subscriber("c")):
        async with looking(replicas):
            await until(lambda: replicas.pods == {"a", "b"})
            assert {one.name: dict(one.revisions) for one in replicas.ready} == {"a": {"shop": "r1"}, "b": {}}
            assert replicas.flags.keys() == {"a", "c"}


async def test_pods_are_looked_at_again_and_those_seen_last_count_while_the_api_server_is_away(monkeypatch):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(module, "FRESH_SECONDS", -1.0)
    service = Service(a=True)
    replicas = Replicas(service, ("flags", "flagd"), Subscribers())
    async with looking(replicas):
        await until(lambda: replicas.pods == {"a"})
        service.ready = {"b": True}
        await until(lambda: replicas.pods == {"b"})
        service.ready = None
        with replicas.subscribe() as changed:
            for _ in range(3):
                changed.clear()
                await asyncio.wait_for(changed.wait(), 60)
        assert replicas.pods == {"b"}


async def test_an_end_that_comes_together_with_news_is_not_lost():
    subscribers = Subscribers()
    running = asyncio.create_task(Replicas(Service(), None, subscribers).run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with subscribers.enter(subscriber("a")):
        running.cancel()
    async with asyncio.timeout(60):
        await asyncio.wait([running])
    assert running.cancelled()


@pytest.mark.parametrize("readers", [1, 2])
async def test_every_reader_is_woken_at_first_and_when_a_replica_moves_on(readers):
    subscribers = Subscribers()
    replicas = Replicas(Service(), None, subscribers)
    woken = [0] * readers

    async def read(number):
        with replicas.subscribe() as changed:
            while True:
                await changed.wait()
                changed.clear()
                woken[number] += bool(replicas.ready)

    async with looking(replicas):
        tasks = [asyncio.create_task(read(number)) for number in range(readers)]
        with subscribers.enter(subscriber("a")):
            await until(lambda: all(woken))
        for task in tasks:
            task.cancel()
