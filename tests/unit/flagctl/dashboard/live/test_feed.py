"""Who fills a cache, when the one who does is refused."""

import asyncio
from contextlib import suppress

from flagctl.dashboard.inventory.inventory import Inventory
from flagctl.dashboard.live import feed as module
from flagctl.dashboard.live.feed import Feed
from flagctl.dashboard.live.rights import Rights
from flagd.backoff import Backoff
from flagoperator.cluster.api import ApiError

LISTED = {"items": [{"metadata": {"name": "checkout", "namespace": "shop"}, "spec": {}}]}


class Api:
    """An API server, as one person meets it; `expired` makes it refuse their token."""

    def __init__(self):
        self.expired = False
        self.slow = asyncio.Event()
        self.slow.set()

    async def create(self, _path, _review):
        await asyncio.sleep(0)
        if self.expired:
            raise ApiError(401, "Unauthorized", "expired")
        return {"status": {"allowed": True}}

    async def get(self, _path, **_query):
        await self.slow.wait()
        if self.expired:
            raise ApiError(401, "Unauthorized", "expired")
        return {**LISTED, "metadata": {"resourceVersion": "7"}}

    async def stream(self, _path, _seconds, **_query):
        await asyncio.Event().wait()
        yield {}


class Person:
    def __init__(self):
        self.api = Api()
        self.rights = Rights(self.api, ())


async def test_whose_token_expires_gives_way_at_once_to_somebody_else(monkeypatch):
    monkeypatch.setattr(module, "AGAIN", Backoff(0.01, 0.01))
    gone, here = Person(), Person()

    async def reader():
        for person in (gone, here):
            with suppress(ApiError):
                if (await person.rights.sight()).may("Flag", "shop"):
                    return person
        raise AssertionError("nobody may")

    assert (await gone.rights.sight()).may("Flag", "shop")
    gone.api.expired = True
    inventory = Inventory()
    feed = Feed(inventory, "Flag", "", reader)
    running = asyncio.ensure_future(feed.run())
    async with asyncio.timeout(60):
        await feed.complete.wait()
    assert [item.ref.name for item in inventory.of_kind("Flag")] == ["checkout"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_while_a_slow_api_server_lists_pages_say_that_not_all_is_shown():
    person = Person()
    person.api.slow.clear()

    async def reader():
        return person

    feed = Feed(Inventory(), "Flag", "", reader)
    running = asyncio.ensure_future(feed.run())
    async with asyncio.timeout(60):
        while not feed.trouble:
            await asyncio.sleep(0)
        assert feed.trouble == "Flag is still being listed: not all of it is shown yet"
        person.api.slow.set()
        await feed.complete.wait()
    assert feed.trouble == ""
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
