"""Client: one change of a flag, from the API server's answer until a Python client decides by it in its own process."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.cluster.calm import calm
from benchmarks.cluster.change import JITTER, POOL
from benchmarks.cluster.flags import flag
from benchmarks.cluster.percentiles import pooled
from benchmarks.cluster.unit import MILLISECONDS
from benchmarks.cluster.watcher import PATIENCE_SECONDS
from benchmarks.figure import Figure, Goal, percentile
from flagd.client import FlagClient, User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.cluster.author import Author
    from benchmarks.cluster.effort import Effort
    from benchmarks.cluster.project import Project
    from benchmarks.cluster.site import Site

KNOWN_USER = User("ann", country="US")
TAIL = 99
MOST_TAIL = Goal(50, least=False)


def measure(site: Site, effort: Effort) -> list[Figure]:
    """Some rounds, with nothing else going on."""
    project = site.project(effort.flags)
    project.settled()
    rounds: list[list[float]] = []
    for _ in range(effort.rounds):
        with calm():
            rounds.append(project.run(_waits(project, effort)))
        print(f"  {effort.changes} changes, p50 {percentile(rounds[-1], 50):.2f} ms", file=sys.stderr)
    name = f"one change of {project.size:,} flags: from the API server's answer to a local client deciding by it"
    return [pooled(f"{name}, p50", rounds, 50), pooled(f"{name}, p{TAIL}", rounds, TAIL, goal=MOST_TAIL)]


def local_flag(key: str, mark: int) -> dict[str, Any]:
    """A flag that clients get too."""
    made = flag(key, mark)
    return {**made, "spec": {**made["spec"], "evaluationMode": "Local"}}


class Decider:
    """A local client that notes when it first decides by a change."""

    def __init__(self, client: FlagClient, loop: asyncio.AbstractEventLoop) -> None:
        self._client, self._loop = client, loop
        self._changed = asyncio.Event()
        self._decided: dict[tuple[str, int], float] = {}
        client.on_change(self._look)

    def _look(self, keys: frozenset[str]) -> None:
        """Called by the client, in its thread."""
        for key in keys:
            payload = self._client.variant(key, KNOWN_USER).payload
            self._decided.setdefault((key, payload["mark"] if payload else 0), time.time())
        self._loop.call_soon_threadsafe(self._changed.set)

    async def decided(self, key: str, mark: int) -> float:
        """Wait until the client decides by this change; return when it did, in seconds since 1970."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (key, mark) not in self._decided:
                await self._changed.wait()
                self._changed.clear()
        return self._decided[key, mark]


async def _waits(project: Project, effort: Effort) -> list[float]:
    keys = project.keys[:: -(-project.size // POOL)]
    client = FlagClient(f"http://{project.replicas[0].listen}", project=project.name)
    async with client, project.author(make=local_flag) as author:
        decider = Decider(client, asyncio.get_running_loop())
        await _wait(author, decider, keys[-1], next(project.marks))  # opens the connections; does not count
        return [await _paused(author, decider, key, next(project.marks), effort) for key in _in_turn(keys, effort)]


def _in_turn(keys: Sequence[str], effort: Effort) -> list[str]:
    return [keys[number % len(keys)] for number in range(effort.changes)]


async def _paused(author: Author, decider: Decider, key: str, mark: int, effort: Effort) -> float:
    await asyncio.sleep(effort.pause * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311  # no secret
    return await _wait(author, decider, key, mark)


async def _wait(author: Author, decider: Decider, key: str, mark: int) -> float:
    """Change a flag; return the milliseconds from the API server's answer until the client decides by it."""
    applied = await author.apply(key, mark)
    return (await decider.decided(key, mark) - applied.answered) * MILLISECONDS
