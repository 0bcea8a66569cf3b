"""Publisher: what a subscriber connects to, without a wire. It says what a test has it say, and keeps the answers."""

import asyncio
from contextlib import asynccontextmanager

from flagd.rpc.call_failed import CallFailed
from flagd.sync.update import compress, make_update
from flagd.v1.ruleset_pb2 import CompressedUpdate, Heartbeat, Oversize, Removal, SubscribeResponse


class Publisher:
    """One address. Every connection is a stream of its own; what is said goes to the newest."""

    def __init__(self, *, epoch=1, publishing=True, stale=False):
        self.term = {"epoch": epoch, "publishing": publishing, "stale": stale}
        self.address = ""
        self.hellos = []
        self.answers = []
        self._said = asyncio.Queue()

    def at(self, address, _host):
        """Return this publisher as the endpoint of `address`."""
        self.address = address
        return self

    @asynccontextmanager
    async def converse(self, _path, requests, _response):
        self._said = asyncio.Queue()
        hello = (await anext(requests)).hello
        listening = asyncio.create_task(self._listen(requests))
        self.hellos.append(hello)
        try:
            yield self._responses(self._said)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await requests.aclose()

    async def _listen(self, requests):
        async for request in requests:
            if request.WhichOneof("message") != "heartbeat":
                self.answers.append(request)

    async def _responses(self, said):
        while (message := await said.get()) is not None:
            if isinstance(message, Exception):
                raise message
            yield message

    def say(self, **parts):
        """Say a message under the present term."""
        self._said.put_nowait(SubscribeResponse(sequence=1, **self.term, **parts))

    def heartbeat(self):
        self.say(heartbeat=Heartbeat())

    def update(self, after, before=None):
        self.say(update=make_update(before, after))

    def compressed(self, after, before=None, **lies):
        """Say an update in gzip; `lies` replace what the message says of it."""
        data = compress(make_update(before, after).SerializeToString())
        told = {"project": after.project, "revision": after.revision, "gzip": data, **lies}
        self.say(compressed_update=CompressedUpdate(**told))

    def removal(self, project):
        self.say(removal=Removal(project=project))

    def oversize(self, project):
        self.say(oversize=Oversize(project=project, revision="r", size=2, limit=1))

    def hang_up(self):
        self._said.put_nowait(CallFailed("UNAVAILABLE: away"))

    def acked(self):
        """Return project and revision of what was acknowledged, in order."""
        return [(one.ack.project, one.ack.revision) for one in self.answers if one.HasField("ack")]

    def nacked(self):
        """Return the reasons of what was refused, in order."""
        return [one.nack.reason for one in self.answers if one.HasField("nack")]
