"""Caller: asks for one flag over and over, and remembers what it was told."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

import grpc

from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.wire.process import SECONDS

if TYPE_CHECKING:
    from tests.wire.process import Process

PAUSE_SECONDS = 0.002


class Caller:
    """One caller, inside ``with``. `told` has each answer that differs from the one before: a variant, or an error."""

    def __init__(self, replica: Process, project: str, key: str) -> None:
        self.told: list[str] = []
        self._replica = replica
        self._request = EvaluateRequest(project=project, user=User(user_id="ann"), flag_keys=[key])
        self._key = key
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        with grpc.insecure_channel(self._replica.listen) as channel:
            stub = EvaluationServiceStub(channel)
            while not self._stopped.wait(PAUSE_SECONDS):
                self._note(self._ask(stub))

    def _ask(self, stub: EvaluationServiceStub) -> str:
        try:
            found = stub.Evaluate(self._request, timeout=SECONDS).variants[self._key]
        except grpc.RpcError as error:
            return str(error.code().name)
        return str(found.error_code or found.key)

    def _note(self, answer: str) -> None:
        if not self.told or self.told[-1] != answer:
            self.told.append(answer)
