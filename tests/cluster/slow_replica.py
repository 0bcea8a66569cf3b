"""SlowReplica: a subscriber that answers as a test wants: late, or with a refusal."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Self

import grpc

from flagd.v1.ruleset_pb2 import Ack, Hello, Nack, Role, SubscribeRequest
from flagd.v1.ruleset_pb2_grpc import RulesetServiceStub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.v1.ruleset_pb2 import SubscribeResponse


class SlowReplica:
    """Subscribes as a replica called `name`, and refuses everything while `refuse` says why."""

    def __init__(self, address: str, name: str, refuse: str = "") -> None:
        self.refuse = refuse
        self._name = name
        self._outbox: queue.SimpleQueue[SubscribeRequest | None] = queue.SimpleQueue()
        self._channel = grpc.insecure_channel(address)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        grpc.channel_ready_future(self._channel).result(timeout=20)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._outbox.put(None)
        self._channel.close()
        self._thread.join()

    def _requests(self) -> Iterator[SubscribeRequest]:
        yield SubscribeRequest(hello=Hello(role=Role.ROLE_REPLICA, name=self._name))
        while (request := self._outbox.get()) is not None:
            yield request

    def _run(self) -> None:
        try:
            for response in RulesetServiceStub(self._channel).Subscribe(self._requests()):
                self._answer(response)
        except grpc.RpcError:
            return

    def _answer(self, response: SubscribeResponse) -> None:
        kind = response.WhichOneof("message")
        if kind not in ("update", "compressed_update"):
            return
        update = response.update if kind == "update" else response.compressed_update
        if self.refuse:
            nack = Nack(project=update.project, revision=update.revision, reason=self.refuse)
            self._outbox.put(SubscribeRequest(nack=nack))
        else:
            self._outbox.put(SubscribeRequest(ack=Ack(project=update.project, revision=update.revision, flags=1)))
