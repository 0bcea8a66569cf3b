"""Collector: takes spans as OTLP over gRPC, as OpenTelemetry's own collector does, and keeps them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Listens on a free port of loopback inside ``with``."""

    def __init__(self) -> None:
        self._requests: list[ExportTraceServiceRequest] = []
        self._server = grpc.server(ThreadPoolExecutor(2))
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(None).wait()

    def Export(self, request: ExportTraceServiceRequest, _context: object) -> ExportTraceServiceResponse:  # noqa: N802
        """Keep what is sent."""
        self._requests.append(request)
        return ExportTraceServiceResponse()

    @property
    def services(self) -> set[str]:
        """Names of the services that sent spans."""
        return {
            attribute.value.string_value
            for request in self._requests
            for one in request.resource_spans
            for attribute in one.resource.attributes
            if attribute.key == "service.name"
        }

    @property
    def spans(self) -> list[Span]:
        """The spans so far."""
        return [
            span
            for request in self._requests
            for one in request.resource_spans
            for scope in one.scope_spans
            for span in scope.spans
        ]

    def text(self) -> str:
        """Return all that was sent, as text."""
        return "\n".join(map(str, self._requests))
