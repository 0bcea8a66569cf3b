"""Traffic: a writer and a client for each replica, around a fault, and the verdict on what they saw.

with Traffic(stage, {"flagd-0": replica}) as traffic:
    traffic.flow(20)                  # until 20 more writes were acknowledged
    kill(operator); stage.operator()  # the fault, and its end
    traffic.flow(20)
# here the invariants hold, or the test failed
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from tests.cluster.client import Client
from tests.cluster.history import Absence, History
from tests.cluster.invariants import violations
from tests.cluster.model import Model
from tests.cluster.script import KEYS, Script
from tests.cluster.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.cluster.history import Answer, Object
    from tests.cluster.stage import Stage
    from tests.wire.process import Process

SEED = 20261124
USERS = {
    "ann": {"user_id": "ann", "country": "CA"},
    "bob": {"user_id": "bob", "country": "US"},
    "eve": {"user_id": "eve", "country": "FR"},
    "mia": {"user_id": "mia"},
}
NORMAL_SECONDS, LOST_DELETION_SECONDS = 30.0, 120.0
"""How long replicas may take on a busy machine to tell the truth after the last write; the longer where a watch may
lose a deletion. Without a loss it is a second; what is lost stays so until the next list, a minute later."""


class Traffic:
    """Traffic in the namespace of `stage`, while the context lasts. Flags of others in it must not change meanwhile.

    Args:
        stage: where to write.
        replicas: whom to ask, by the name of the client.
        within: seconds after the last write in which every replica must serve it.
        seed: of what is written; the environment variable FAULT_SEED wins.
    """

    def __init__(
        self, stage: Stage, replicas: Mapping[str, Process], *, within: float = NORMAL_SECONDS, seed: int = SEED
    ) -> None:
        self.history = History(stage.namespace, USERS)
        self.seed = int(os.environ.get("FAULT_SEED", seed))
        self._stage = stage
        self._within = within
        self._script = Script(self.seed)
        self._writer = Writer(stage, self._script, self.history.writes)
        self._clients = {name: Client(name, each.listen, KEYS, self.history) for name, each in replicas.items()}

    def __enter__(self) -> Self:
        print(f"FAULT_SEED={self.seed}")
        self.history.others = self._listed()
        self._writer.write(self._script.opening())
        for client in self._clients.values():
            self._stage.until(client.is_told_everything)
        for each in (*self._clients.values(), self._writer):
            each.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._stop()
        if kind is None:
            self._judge()

    def flow(self, writes: int = 20, seconds: float = 120) -> None:
        """Wait until so many more writes were acknowledged."""
        wanted = len(self.history.writes) + writes
        self._stage.until(lambda: len(self.history.writes) >= wanted, seconds=seconds)

    def go_on(self, seconds: float) -> None:
        """Go on asking for so long; some more answers at least."""
        count, ends = len(self.history.answers), time.monotonic() + seconds
        enough = count + 10 * len(self._clients)
        self._stage.until(lambda: time.monotonic() > ends and len(self.history.answers) > enough, seconds=seconds + 60)

    def last(self, client: str) -> Answer:
        """Return what a client was told last."""
        return self._stage.until(lambda: self._clients[client].last)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let nothing be written meanwhile. The API server must be there at the beginning."""
        with self._writer.paused():
            yield

    def delete(self) -> None:
        """Delete one flag now, for good. To be called while paused."""
        self._writer.write([self._script.retire()])

    @contextmanager
    def without_operator(self) -> Iterator[None]:
        """Say that there is no operator meanwhile: answers must call themselves stale."""
        begun = time.monotonic()
        yield
        self.history.absences.append(Absence("", begun, time.monotonic()))

    @contextmanager
    def without_replica(self, name: str) -> Iterator[None]:
        """Say that a replica is away meanwhile; at the end it must be replaced."""
        begun = time.monotonic()
        yield
        self.history.absences.append(Absence(name, begun, time.monotonic()))

    def replace(self, name: str, replica: Process) -> str:
        """Ask `replica` from now on, the one called `name` after a restart; return the name of its client."""
        self._clients.pop(name).stop()
        again = f"{name} again"
        self.history.restarted[again] = name
        self._clients[again] = Client(again, replica.listen, KEYS, self.history)
        self._clients[again].start()
        return again

    def _listed(self) -> list[Object]:
        return [obj for kind in ("Flag", "FlagSegment") for obj in self._stage.listed(kind)]

    def _finish(self) -> None:
        self._writer.stop()
        self.delete()  # the last is what nothing after it can make good
        self.history.final = self._listed()
        final, ends = Model(self.history).final(), time.monotonic() + self._within
        while time.monotonic() < ends and not all(self._serves(client, final) for client in self._clients.values()):
            time.sleep(0.02)

    def _serves(self, client: Client, revision: str) -> bool:
        last, ended = client.last, self.history.writes[-1].done
        return last is not None and last.revision == revision and last.asked > ended and not last.stale

    def _judge(self) -> None:
        found = violations(self.history)
        counts = f"{len(self.history.writes)} writes, {len(self.history.answers)} answers"
        assert not found, "\n".join([f"FAULT_SEED={self.seed}, {counts}:", *found])

    def _stop(self) -> None:
        self._writer.end()
        for client in self._clients.values():
            client.stop()
