"""Client: asks one replica again and again, for one user after the other, and keeps what it is told."""

from __future__ import annotations

import threading
import time
from itertools import cycle
from typing import TYPE_CHECKING

import grpc

from flagd.v1.evaluation_pb2 import ErrorCode, EvaluateRequest, Reason, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.cluster.history import Answer, Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.v1.evaluation_pb2 import EvaluateResponse, Variant
    from tests.cluster.history import History

PACE_SECONDS = 0.01
CALL_SECONDS = 20


class Client:
    """A client called `name`, which asks the replica at `address` for the flags `keys`."""

    def __init__(self, name: str, address: str, keys: Sequence[str], history: History) -> None:
        self.name = name
        self.last: Answer | None = None
        self._address = address
        self._keys = keys
        self._history = history
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the call and stop."""
        self._stopped.set()
        self._thread.join()

    def is_told_everything(self) -> bool:
        """Ask once, without a record; return whether every flag said something of its own."""
        with grpc.insecure_channel(self._address) as channel:
            answer = self._ask(EvaluationServiceStub(channel), next(iter(self._history.users)))
        return bool(answer.flags) and all(each.number is not None for each in answer.flags.values())

    def _ask(self, stub: EvaluationServiceStub, user: str) -> Answer:
        who = User(**self._history.users[user])
        request = EvaluateRequest(project=self._history.project, user=who, flag_keys=list(self._keys))
        asked = time.monotonic()
        try:
            response = stub.Evaluate(request, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            return Answer(self.name, user, asked, time.monotonic(), error=error.code().name)
        return self._answer(user, asked, response)

    def _run(self) -> None:
        with grpc.insecure_channel(self._address) as channel:
            stub = EvaluationServiceStub(channel)
            for user in cycle(self._history.users):
                if self._stopped.wait(PACE_SECONDS):
                    return
                self.last = self._ask(stub, user)
                self._history.answers.append(self.last)

    def _answer(self, user: str, asked: float, response: EvaluateResponse) -> Answer:
        answered = time.monotonic()
        flags = {key: told(response.variants[key]) for key in response.variants}
        return Answer(self.name, user, asked, answered, flags, response.revision, response.stale)


def told(variant: Variant) -> Told:
    """Return a variant as what is kept of it."""
    if variant.error_code:
        return Told(variant.key, ErrorCode.Name(variant.error_code), None, None)
    number = int(variant.metadata["write"]) if "write" in variant.metadata else None
    carried = variant.payload.struct_value if variant.HasField("payload") else {}
    payload = int(carried["number"]) if "number" in carried else None
    return Told(variant.key, Reason.Name(variant.reason), number, payload)
