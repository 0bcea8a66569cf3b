"""Health: grpc.health.v1 over the messages of grpcio-health-checking.

``""`` is the process: SERVING until it drains. ``flagd.v1.EvaluationService`` is SERVING while
there is a project to answer from; an old one counts, since stale data is served.
https://github.com/grpc/grpc/blob/master/doc/health-checking.md
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from flagd.rpc.method import Method
from flagd.rpc.status import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractContextManager

    from flagd.rpc.method import Call

SERVICE = "grpc.health.v1.Health"
PROCESS = ""
PARTING_SECONDS = 0.2
"""Between NOT_SERVING and the end of a stream: gRPC drops messages that an error overtakes in the caller."""


class Readiness(Protocol):
    """What health is judged by: a store, or what an operator publishes."""

    @property
    def ready(self) -> bool:
        """Whether there is something to answer from."""

    @property
    def closed(self) -> bool:
        """Whether the server drains."""

    def subscribe(self) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set when either changes."""


class Health:
    """Answers Check and Watch of grpc.health.v1.Health for the services named."""

    def __init__(self, store: Readiness, services: Sequence[str]) -> None:
        self._store = store
        self._services = frozenset(services)

    def methods(self) -> list[Method]:
        """Return the RPCs of the service."""
        return [
            Method(f"/{SERVICE}/Check", HealthCheckRequest, HealthCheckResponse, unary=self.check, idempotent=True),
            Method(f"/{SERVICE}/Watch", HealthCheckRequest, HealthCheckResponse, stream=self.watch, idempotent=True),
        ]

    async def check(self, request: HealthCheckRequest, _: Call) -> HealthCheckResponse:
        """Return the status of one service; an unknown one is NOT_FOUND."""
        status = self._status(request.service)
        if status == HealthCheckResponse.SERVICE_UNKNOWN:
            raise NotFound("unknown service")
        return HealthCheckResponse(status=status)

    async def watch(self, request: HealthCheckRequest, _: Call) -> AsyncIterator[HealthCheckResponse]:
        """Yield the status now and whenever it changes; end with UNAVAILABLE when the server drains."""
        said = None
        with self._store.subscribe() as changed:
            while True:
                changed.clear()
                status = self._status(request.service)
                if status != said:
                    yield HealthCheckResponse(status=status)
                    said = status
                    continue  # the server may have started to drain while this was sent
                if self._store.closed:
                    await asyncio.sleep(PARTING_SECONDS)
                    raise Unavailable("the server is draining; connect again")
                await changed.wait()

    def _status(self, service: str) -> HealthCheckResponse.ServingStatus:
        if service != PROCESS and service not in self._services:
            return HealthCheckResponse.SERVICE_UNKNOWN
        if self._store.closed or not (service == PROCESS or self._store.ready):
            return HealthCheckResponse.NOT_SERVING
        return HealthCheckResponse.SERVING
