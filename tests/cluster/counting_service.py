"""A service that asks flagd for each of its users, serves them, and counts who failed by the arm that flagd answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
from prometheus_client import CollectorRegistry, Counter, start_http_server

from flagd.engine.variant import ROLLOUT_ARM
from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.ports import free_address

if TYPE_CHECKING:
    from collections.abc import Callable

USERS = 10_000
_BATCH = 1_000


class CountingService:
    """Counts in this process, and lets itself be scraped. Use it as a context manager."""

    def __init__(self, flagd: str, project: str, flag: str = "checkout") -> None:
        """`flagd` is the address of a replica."""
        self._flagd, self._project, self._flag = flagd, project, flag
        registry = CollectorRegistry()
        labels = ["flag", ROLLOUT_ARM]
        self._attempts = Counter("checkouts", "Checkouts.", labels, registry=registry)
        self._failures = Counter("checkout_failures", "Checkouts that failed.", labels, registry=registry)
        for arm in ("treated", "control"):  # from the start, so that the first failure is counted too
            self._attempts.labels(flag, arm)
            self._failures.labels(flag, arm)
        self.address = free_address()
        host, _, port = self.address.rpartition(":")
        self._server, self._thread = start_http_server(int(port), host, registry)
        self.served: dict[str, int] = {"treated": 0, "control": 0}

    def __enter__(self) -> CountingService:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self, fails: Callable[[int, str], bool]) -> dict[str, int]:
        """Serve every user once; return how many were in each arm. `fails` says who fails, by number and arm."""
        arms = {"treated": 0, "control": 0, "": 0}
        with grpc.insecure_channel(self._flagd) as channel:
            ask = EvaluationServiceStub(channel).EvaluateBatch
            for start in range(0, USERS, _BATCH):
                users = [User(user_id=f"user-{number}") for number in range(start, start + _BATCH)]
                request = EvaluateBatchRequest(project=self._project, users=users, flag_keys=[self._flag])
                for number, result in enumerate(ask(request, timeout=60).results, start):
                    arm = dict(result.variants[self._flag].metadata).get(ROLLOUT_ARM, "")
                    arms[arm] += 1
                    if arm:
                        self._count(arm, failed=fails(number, arm))
        return arms

    def _count(self, arm: str, *, failed: bool) -> None:
        self.served[arm] += 1
        self._attempts.labels(self._flag, arm).inc()
        if failed:
            self._failures.labels(self._flag, arm).inc()
