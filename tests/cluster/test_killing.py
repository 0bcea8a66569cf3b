"""An operator killed at any point, under a writer: no caller is ever told what is not so."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

import grpc
import pytest

from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.cluster.history import Answer, Write, violations
from tests.cluster.stage import flag
from tests.cluster.test_lifecycle import kill

if TYPE_CHECKING:
    from tests.cluster.processes import Replica
    from tests.cluster.stage import Stage

FLAGS = [f"f{number}" for number in range(5)]
SEED = 20261124


class Traffic:
    """One writer, and a client for each replica, until it is stopped."""

    def __init__(self, stage: Stage, replicas: dict[str, Replica]) -> None:
        self.writes: list[Write] = []
        self.answers: list[Answer] = []
        self._stage = stage
        self._random = random.Random(SEED)
        self._written, self._stopped = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=item, daemon=True) for item in replicas.items()]
        self._writer = threading.Thread(target=self._write, daemon=True)

    def start(self) -> None:
        for number, name in enumerate(FLAGS):
            self._put(name, number)
        for thread in (*self._threads, self._writer):
            thread.start()

    def stop(self) -> None:
        """Stop writing, let clients see the end, stop them."""
        self._written.set()
        self._writer.join()
        newest = {write.flag: write.number for write in self.writes}
        try:
            self._stage.until(lambda: all(self._last().get(key) == newest[key[1]] for key in self._last()), seconds=60)
        finally:
            self._stopped.set()
            for thread in self._threads:
                thread.join()

    def _last(self) -> dict[tuple[str, str], int | None]:
        return {(each.client, each.flag): each.number for each in list(self.answers)}

    def _write(self) -> None:
        number = len(FLAGS)
        while not self._written.wait(0.02):
            self._put(self._random.choice(FLAGS), number)
            number += 1

    def _put(self, name: str, number: int) -> None:
        begun = time.monotonic()
        self._stage.apply(flag(name, variants=[{"key": "on", "payload": {"number": number}}]))
        self.writes.append(Write(name, number, begun, time.monotonic()))

    def _ask(self, client: str, replica: Replica) -> None:
        with grpc.insecure_channel(replica.listen) as channel:
            stub = EvaluationServiceStub(channel)
            while not self._stopped.wait(0.005):
                request = EvaluateRequest(project=self._stage.namespace, user=User(user_id="ann"), flag_keys=FLAGS)
                asked = time.monotonic()
                try:
                    found = stub.Evaluate(request, timeout=5).variants
                except grpc.RpcError:
                    found = {}
                answered = time.monotonic()
                for name in FLAGS:
                    payload = found[name].payload.struct_value if name in found else {}
                    number = int(payload["number"]) if "number" in payload else None
                    self.answers.append(Answer(client, name, number, asked, answered))


def torture(stage: Stage, times: int) -> None:
    operator = stage.operator()
    replicas = {name: stage.replica(name) for name in ("flagd-0", "flagd-1")}
    stage.until(lambda: len(operator.replicas()) == 2)
    traffic, chance = Traffic(stage, replicas), random.Random(SEED)
    traffic.start()
    for _ in range(times):
        wanted = len(traffic.writes) + chance.randint(1, 40)
        stage.until(lambda wanted=wanted: len(traffic.writes) >= wanted)
        kill(operator)
        operator = stage.operator()
    traffic.stop()
    writes = {(write.flag, write.number): write for write in traffic.writes}
    assert len(writes) == len(traffic.writes)
    assert violations(traffic.writes, traffic.answers) == []
    assert {name for name in FLAGS if any(each.flag == name and each.number for each in traffic.answers)} == {*FLAGS}


def test_killing_the_operator_under_a_writer_misleads_nobody(stage: Stage):
    torture(stage, 5)


@pytest.mark.long
def test_killing_the_operator_thirty_times_misleads_nobody(stage: Stage):
    torture(stage, 30)
