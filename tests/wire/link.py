"""Link: a TCP link on loopback that is slow, breaks, or goes silent, as a test says."""

import asyncio

CHUNK = 16 * 1024
STEPS_PER_SECOND = 20


class Link:
    """Relays to `target`, inside ``async with``; `address` is where to connect. What is set holds from then on.

    Attributes:
        rate: bytes a second towards the client; 0 = as many as there are.
        connections: how many were made.
        cut_after: bytes towards the client after which a connection is broken; 0 = none is.
    """

    def __init__(self, target):
        self.rate = self.connections = self.cut_after = 0
        self._heard = asyncio.Event()
        self._heard.set()
        self._target = target
        self._tasks = set()

    @property
    def silent(self):
        """Whether nothing of either side reaches the other, and neither is told: a half-open connection."""
        return not self._heard.is_set()

    @silent.setter
    def silent(self, silent):
        if silent:
            self._heard.clear()
        else:
            self._heard.set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=CHUNK)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader, writer):
        self.connections += 1
        self._tasks.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader, writer):
        host, _, port = self._target.rpartition(":")
        upstream, downstream = await asyncio.open_connection(host, int(port), limit=CHUNK)
        ways = [
            asyncio.create_task(self._relay(reader, downstream)),
            asyncio.create_task(self._relay(upstream, writer, throttled=True)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.transport.abort()
            downstream.transport.abort()

    async def _relay(self, reader, writer, *, throttled=False):
        carried = 0
        while data := await reader.read(self._step() if throttled else CHUNK):
            carried += len(data)
            if throttled and 0 < self.cut_after < carried:
                return
            await self._heard.wait()
            writer.write(data)
            await writer.drain()
            if throttled and self.rate:
                await asyncio.sleep(1 / STEPS_PER_SECOND)

    def _step(self):
        return max(1, self.rate // STEPS_PER_SECOND) if self.rate else CHUNK
