"""Project: a namespace full of flags, the operator that follows it, and two flagd that serve it."""

from __future__ import annotations

import itertools
import sys
import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Self

from benchmarks.cluster.author import Author
from benchmarks.cluster.flags import flag, key_of, shared_segment
from benchmarks.cluster.watcher import Watcher
from tests.cluster.stage import Stage

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.cluster.control_plane import ControlPlane
    from tests.cluster.processes import Operator, Replica

REPLICAS = 2
LOADERS = 16
PATIENCE_SECONDS = 300
POLL_SECONDS = 0.5
"""Seldom enough not to be felt by what is measured."""


class Project(AbstractContextManager["Project"]):
    """One namespace. Nothing is loaded or started before it is asked for.

    Attributes:
        name: of the namespace.
        size: how many flags it has.
        run: runs a coroutine in the event loop of the site, as grpc.aio wants one for the whole process.
        marks: the number of the next change; flags answer with the number of their last.
    """

    def __init__(self, plane: ControlPlane, runner: asyncio.Runner, name: str, size: int) -> None:
        self.name, self.size = name, size
        self.run = runner.run
        self.marks: Iterator[int] = itertools.count(1)
        self._plane = plane
        self._stage = Stage(plane, name)
        self._loaded = False
        self._operator: Operator | None = None
        self._options: tuple[str, ...] = ()
        self._replicas: list[Replica] = []

    def __enter__(self) -> Self:
        self._stage.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._stage.__exit__()

    @property
    def keys(self) -> list[str]:
        """Of all flags."""
        return [key_of(number) for number in range(self.size)]

    @property
    def collection(self) -> str:
        """Path of the flags."""
        return self._stage.collection("Flag")

    @property
    def kubeconfig(self) -> Path:
        """Of an admin."""
        return self._plane.admin

    @property
    def address(self) -> str:
        """Where the operator publishes."""
        return self._stage.address

    @property
    def replicas(self) -> Sequence[Replica]:
        """Both flagd."""
        return self._replicas

    def author(self, in_flight: int = 1, make: Callable[[str, int], dict[str, Any]] = flag) -> Author:
        """Somebody who changes flags, which `make` makes of a key and a mark."""
        return Author(self.kubeconfig, self.collection, in_flight, make)

    def watchers(self, keys: Sequence[str]) -> list[Watcher]:
        """A stream to each flagd."""
        return [Watcher(replica.listen, self.name, keys) for replica in self._replicas]

    def load(self) -> None:
        """Create the flags, once."""
        if self._loaded:
            return
        started = time.monotonic()
        self._stage.apply(shared_segment())
        self.run(self._load())
        self._loaded = True
        _progress(f"{self.size:,} flags created in {time.monotonic() - started:.0f} s")

    async def _load(self) -> None:
        async with self.author(LOADERS) as author:
            await author.apply_all(self.keys, next(self.marks))

    def start(self, *options: str) -> Operator:
        """Start an operator with `options`, in the place of the one that runs; both flagd are there then."""
        self.load()
        self.stop()
        self._operator, self._options = self._stage.operator(*options), options
        if not self._replicas:
            self._replicas = [
                self._stage.replica(f"flagd-{number}", "--transport", "auto") for number in range(REPLICAS)
            ]
        return self._operator

    def stop(self) -> None:
        """Stop the operator, if one runs."""
        if self._operator is not None:
            self._operator.stop()
        self._operator = None

    def settled(self, *options: str) -> Operator:
        """Return an operator with `options` that has nothing to do: the one that runs, or a new one."""
        operator = self._operator
        if operator is None or self._options != options:
            operator = self.start(*options)
        self.settle()
        return operator

    def settle(self) -> None:
        """Wait until all flags are served by both flagd, their statuses say so, and the operator has nothing to do."""
        operator = self.wait_served()
        for key in (self.keys[0], self.keys[-1]):
            self.wait_published(key)
        before = None
        while (now := _work(operator)) != before or now[1]:
            before = now
            time.sleep(POLL_SECONDS)

    def wait_served(self) -> Operator:
        """Wait until both flagd serve what the operator publishes; return it."""
        operator = self._operator
        assert operator is not None
        _wait(lambda: self._is_served(operator))
        return operator

    def wait_published(self, key: str) -> None:
        """Wait until the status of a flag says that its present generation is served everywhere."""
        _wait(lambda: self._stage.condition("Flag", key, "Published").get("status") == "True")

    def _is_served(self, operator: Operator) -> bool:
        state = operator.state()
        revision, replicas = state["projects"].get(self.name), state["replicas"].values()
        return bool(revision) and [each.get(self.name) for each in replicas] == [revision] * REPLICAS


def _wait(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not check():
        if time.monotonic() > deadline:
            raise RuntimeError(f"the project did not settle within {PATIENCE_SECONDS} s")
        time.sleep(POLL_SECONDS)


def _work(operator: Operator) -> tuple[float | None, float | None]:
    return operator.metric("flagoperator_status_writes_total"), operator.metric("flagoperator_status_backlog")


def _progress(text: str) -> None:
    print(f"  {text}", file=sys.stderr)
