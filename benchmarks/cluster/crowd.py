"""Crowd: subscribers of the ruleset stream, in a process of their own.

`python -m benchmarks.cluster.crowd ADDRESS COUNT PROJECT REVISION` opens COUNT streams as replicas that hold REVISION,
each over a connection of its own. The first line says that all are connected; then one line per revision, when all
have it: {"revision": …, "moments": [seconds since 1970, one each]}. Ends with its standard input.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import threading
import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import grpc

from benchmarks.environment import ROOT
from flagd.v1.ruleset_pb2 import Ack, Held, Hello, Role, SubscribeRequest
from flagd.v1.ruleset_pb2_grpc import RulesetServiceStub

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENCE_SECONDS = 120
UPDATES = ("update", "compressed_update")
LARGE = ("grpc.max_receive_message_length", -1)
OWN_CONNECTION = ("grpc.use_local_subchannel_pool", 1)


class Crowd(AbstractContextManager["Crowd"]):
    """The process, connected."""

    def __init__(self, address: str, count: int, project: str, revision: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.cluster.crowd", address, str(count), project, revision],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._line()

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def told(self) -> list[float]:
        """Wait until all have been told of the next revision; when each was."""
        return list(self._line()["moments"])

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        impatience = threading.Timer(PATIENCE_SECONDS, self._process.kill)
        impatience.start()
        line = self._process.stdout.readline()
        impatience.cancel()
        if not line:
            raise RuntimeError(f"the subscribers have gone, or not all were told within {PATIENCE_SECONDS} s")
        return dict(json.loads(line))


class Subscribers:
    """All streams."""

    def __init__(self, address: str, count: int, project: str, revision: str) -> None:
        self._address, self._count = address, count
        self._held = Held(project=project, revision=revision, flags=1)
        self._connected = 0
        self._moments: dict[str, list[float]] = {}

    async def run(self) -> None:
        """Until one of them is sent away."""
        async with asyncio.TaskGroup() as group:
            for number in range(self._count):
                group.create_task(self._follow(f"subscriber-{number}"))

    async def _follow(self, name: str) -> None:
        outbox: asyncio.Queue[SubscribeRequest] = asyncio.Queue()
        await outbox.put(SubscribeRequest(hello=Hello(role=Role.ROLE_REPLICA, name=name, held=[self._held])))
        async with grpc.aio.insecure_channel(self._address, options=(LARGE, OWN_CONNECTION)) as channel:
            first = True
            async for response in RulesetServiceStub(channel).Subscribe(_requests(outbox)):
                moment = time.time()
                kind = response.WhichOneof("message")
                if first:
                    first = False
                    self._connect()
                if kind in UPDATES:
                    update = getattr(response, kind)
                    self._note(update.revision, moment)
                    ack = Ack(project=update.project, revision=update.revision, flags=1)
                    await outbox.put(SubscribeRequest(ack=ack))

    def _connect(self) -> None:
        self._connected += 1
        if self._connected == self._count:
            print(json.dumps({"connected": self._count}), flush=True)

    def _note(self, revision: str, moment: float) -> None:
        moments = self._moments.setdefault(revision, [])
        moments.append(moment)
        if len(moments) == self._count:
            print(json.dumps({"revision": revision, "moments": moments}), flush=True)


async def _requests(outbox: asyncio.Queue[SubscribeRequest]) -> AsyncIterator[SubscribeRequest]:
    while True:
        yield await outbox.get()


if __name__ == "__main__":
    gc.disable()
    asyncio.run(Subscribers(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]).run())
