"""BareWatch: a client that does nothing but watch: the least that anybody has to wait for an event.

`python -m benchmarks.cluster.bare_watch KUBECONFIG PATH` watches the collection at PATH until its standard input ends,
then prints when it had each event: {"resourceVersion": seconds since 1970}. The first line says that it watches.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import aiohttp
import orjson

from benchmarks.environment import ROOT
from flagoperator.cluster.connection import find_connection, tls_context


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

    def moments(self) -> dict[str, float]:
        """When each event was there, by resourceVersion."""
        return dict(json.loads(self._process.communicate("")[0]))


async def watch(kubeconfig: Path, collection: str) -> None:
    """Watch until standard input ends."""
    connection, moments = find_connection(kubeconfig, None), {}
    connector = aiohttp.TCPConnector(ssl=tls_context(connection))
    async with aiohttp.ClientSession(connection.server, connector=connector) as session:
        async with session.get(collection, params={"limit": "1"}) as response:
            version = (await response.json())["metadata"]["resourceVersion"]
        query = {"watch": "1", "resourceVersion": version}
        unbounded = aiohttp.ClientTimeout(total=None)
        async with session.get(collection, params=query, timeout=unbounded) as response:
            ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
            ended.add_done_callback(lambda _: response.close())
            print("watching", flush=True)
            try:
                async for line in response.content:
                    moment = time.time()
                    moments[orjson.loads(line)["object"]["metadata"]["resourceVersion"]] = moment
            except aiohttp.ClientError:
                if not ended.done():
                    raise
    print(json.dumps(moments), flush=True)


if __name__ == "__main__":
    asyncio.run(watch(Path(sys.argv[1]), sys.argv[2]))
