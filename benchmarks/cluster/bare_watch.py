"""BareWatch: a client that does nothing but watch: the least that anybody has to wait for an event.

`python -m benchmarks.cluster.bare_watch KUBECONFIG PATH` watches the collection at PATH; its first line says so. Its
standard input names the last resourceVersion that matters; when it has that event, it prints when it had each:
{"resourceVersion": seconds since 1970}.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import aiohttp
import orjson

from benchmarks.environment import ROOT
from flagoperator.cluster.kopf_http import open_session
from flagoperator.kubeconfig import find_connection

PATIENCE_SECONDS = 60
POLL_SECONDS = 0.01
"""When all changes are made, and the clock stands."""


class BareWatch:
    """The process, inside ``with``; `moments` ends it."""

    def __init__(self, kubeconfig: Path, collection: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.cluster.bare_watch", str(kubeconfig), collection],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError("the bare watch client did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def moments(self, last: str) -> dict[str, float]:
        """When each event was there, by resourceVersion; `last` is waited for."""
        return dict(json.loads(self._process.communicate(last, PATIENCE_SECONDS)[0]))


async def watch(kubeconfig: Path, collection: str) -> None:
    """Watch until the last event is there that standard input names."""
    connection, moments = find_connection(kubeconfig, None), {}
    url, unbounded = connection.server + collection, aiohttp.ClientTimeout(total=None)
    async with open_session(connection, await connection.access()) as session:
        async with session.get(url, params={"limit": "1"}) as response:
            version = (await response.json())["metadata"]["resourceVersion"]
        async with session.get(url, params={"watch": "1", "resourceVersion": version}, timeout=unbounded) as response:
            asked = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
            print("watching", flush=True)
            following = asyncio.create_task(_follow(response.content, moments))
            last = await asked
            while last not in moments:
                await asyncio.sleep(POLL_SECONDS)
            following.cancel()
    print(json.dumps(moments), flush=True)


async def _follow(lines: aiohttp.StreamReader, moments: dict[str, float]) -> None:
    async for line in lines:
        moment = time.time()
        moments[orjson.loads(line)["object"]["metadata"]["resourceVersion"]] = moment


if __name__ == "__main__":
    gc.disable()
    asyncio.run(watch(Path(sys.argv[1]), sys.argv[2]))
