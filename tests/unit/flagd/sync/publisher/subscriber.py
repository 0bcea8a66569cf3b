"""Subscriber: one stream to a RulesetService, without a wire."""

import asyncio
from contextlib import asynccontextmanager, suppress

from flagd.rpc.method import Call
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.update import apply_update, decompress
from flagd.v1.ruleset_pb2 import Ack, Heartbeat, Hello, Nack, Role, SubscribeRequest, SubscribeResponse, Update

SECONDS = 60


def hello(role=Role.ROLE_REPLICA, **parts):
    return SubscribeRequest(hello=Hello(role=role, **{"name": "flagd-1", **parts}))


class Subscriber:
    """Reads messages one by one, so that it is as slow as the test."""

    def __init__(self, service, first, metadata):
        self.requests = asyncio.Queue()
        self._replies = service.subscribe(self._sent(), Call(metadata))
        self.editions = {}
        if first is not None:
            self.requests.put_nowait(first)

    async def _sent(self):
        while (request := await self.requests.get()) is not None:
            yield request

    async def next(self):
        """Return the next message."""
        async with asyncio.timeout(SECONDS):
            return SubscribeResponse.FromString(await anext(self._replies))

    async def update(self):
        """Return the update in the next message, passing over heartbeats."""
        while True:
            response = await self.next()
            match response.WhichOneof("message"):
                case "update":
                    return response.update
                case "compressed_update":
                    return Update.FromString(decompress(response.compressed_update.gzip, 1 << 26))
                case "heartbeat":
                    continue
                case other:
                    raise AssertionError(f"no update, but {other}")

    async def applied(self):
        """Take in the next update, acknowledge it, and return the ruleset."""
        update = await self.update()
        edition = apply_update(update, self.editions.get(update.project) or HashedRuleset.empty(update.project))
        self.editions[update.project] = edition
        self.ack(update.project, update.revision)
        return edition.ruleset

    def ack(self, project, revision):
        self.requests.put_nowait(SubscribeRequest(ack=Ack(project=project, revision=revision, flags=1)))

    def nack(self, project, revision, reason="no"):
        self.requests.put_nowait(SubscribeRequest(nack=Nack(project=project, revision=revision, reason=reason)))

    def echo(self):
        self.requests.put_nowait(SubscribeRequest(heartbeat=Heartbeat()))

    async def ended(self):
        """Return the error that ends the stream, None when it ends well; what comes before is dropped."""
        try:
            async with asyncio.timeout(SECONDS):
                async for _ in self._replies:
                    pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            return error
        return None

    async def close(self):
        with suppress(Exception):
            await self._replies.aclose()


@asynccontextmanager
async def subscribed(service, first=None, **metadata):
    subscriber = Subscriber(service, hello() if first is None else first, metadata)
    try:
        yield subscriber
    finally:
        await subscriber.close()
