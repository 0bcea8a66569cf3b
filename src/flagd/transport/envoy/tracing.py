"""Tracing: spans of calls, made by Envoy's own tracer and sent as OTLP over gRPC, without anything of a person.

A call that brings a W3C trace context decides by it whether it gets a span, whose parent it then names; of the other
calls a share gets one.
Fields: https://www.envoyproxy.io/docs/envoy/v1.39.0/api-v3/config/trace/v3/opentelemetry.proto
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flagd.process.address import split_address

COLLECTOR = "traces"
_TYPE = "type.googleapis.com/envoy"
_SAMPLERS = "extensions.tracers.opentelemetry.samplers.v3"
_NOT_TOLD = (
    *("peer.address", "user_agent", "guid:x-request-id", "downstream_cluster", "node_id", "zone"),
    *("grpc.authority", "grpc.content_type", "grpc.message", "grpc.timeout"),
)
"""Tags of Envoy that hold what a caller sent, or are of no use."""
PATH = "%ROUTE_NAME%"
"""Which of the known paths was called."""
TIMEOUT = "2s"
"""How long a batch of spans may take to be sent; then it is dropped."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """Where spans go.

    Attributes:
        collector: ``host:port`` that takes OTLP over gRPC, in plain text.
        percent: share of the calls without a trace context that get a span.
    """

    collector: str
    percent: float

    def manager(self) -> dict[str, Any]:
        """Return what Envoy's connection manager is told."""
        return {
            "tracing": {
                "provider": {
                    "name": "envoy.tracers.opentelemetry",
                    "typed_config": {
                        "@type": f"{_TYPE}.config.trace.v3.OpenTelemetryConfig",
                        "grpc_service": {"envoy_grpc": {"cluster_name": COLLECTOR}, "timeout": TIMEOUT},
                        "service_name": "flagd",
                        "sampler": self._sampler(),
                    },
                },
                "operation": f"%REQ(:METHOD):16% {PATH}",
                "max_path_tag_length": 0,
                "custom_tags": [
                    *({"tag": name, "value": PATH} for name in ("http.url", "grpc.path")),
                    *({"tag": name, "literal": {"value": "-"}} for name in _NOT_TOLD),
                ],
            },
            # It would be told as it came, and nobody is called from here who could want it.
            "early_header_mutation_extensions": [
                {
                    "name": "envoy.http.early_header_mutation.header_mutation",
                    "typed_config": {
                        "@type": f"{_TYPE}.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
                        "mutations": [{"remove": "tracestate"}],
                    },
                }
            ],
            # The sampler decides alone: there are no request ids here.
            "request_id_extension": {
                "typed_config": {
                    "@type": f"{_TYPE}.extensions.request_id.uuid.v3.UuidRequestIdConfig",
                    "pack_trace_reason": False,
                    "use_request_id_for_trace_sampling": False,
                }
            },
        }

    def cluster(self) -> dict[str, Any]:
        """Return the collector as a cluster of Envoy."""
        host, port = split_address(self.collector)
        address = {"socket_address": {"address": host, "port_value": port}}
        http = f"{_TYPE}.extensions.upstreams.http.v3.HttpProtocolOptions"
        return {
            "name": COLLECTOR,
            "type": "STRICT_DNS",
            "connect_timeout": TIMEOUT,
            "typed_extension_protocol_options": {
                http.removeprefix("type.googleapis.com/"): {
                    "@type": http,
                    "explicit_http_config": {"http2_protocol_options": {}},
                }
            },
            "load_assignment": {
                "cluster_name": COLLECTOR,
                "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
            },
        }

    def _sampler(self) -> dict[str, Any]:
        share = {"numerator": round(self.percent * 10_000), "denominator": "MILLION"}
        ratio = _sampler("trace_id_ratio_based", "TraceIdRatioBasedSamplerConfig", sampling_percentage=share)
        return _sampler("parent_based", "ParentBasedSamplerConfig", wrapped_sampler=ratio)


def _sampler(name: str, message: str, **fields: object) -> dict[str, Any]:
    return {
        "name": f"envoy.tracers.opentelemetry.samplers.{name}",
        "typed_config": {"@type": f"{_TYPE}.{_SAMPLERS}.{message}", **fields},
    }
