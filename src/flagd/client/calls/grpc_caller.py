"""GrpcCaller: single calls over gRPC, for those who have installed it. The one file of the client that imports it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import grpc

from flagd.rpc.call_failed import CallFailed

if TYPE_CHECKING:
    from flagd.client.calls.endpoint import Endpoint

_SERVICE = "flagd.v1.EvaluationService"
_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "healthCheckConfig": {"serviceName": _SERVICE},
    "methodConfig": [
        {
            "name": [{"service": _SERVICE}],
            "waitForReady": False,
            "retryPolicy": {
                "maxAttempts": 3,
                "initialBackoff": "0.02s",
                "maxBackoff": "0.2s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
}
_OPTIONS = [
    ("grpc.service_config", json.dumps(_CONFIG)),
    ("grpc.enable_http_proxy", 0),
    ("grpc.keepalive_time_ms", 30_000),  # ours allow one every 10 s
    ("grpc.keepalive_timeout_ms", 10_000),
]


class GrpcCaller:
    """Calls the servers behind one name, in turn. A channel is opened by the first call."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._metadata = list(endpoint.authorization.items())
        self._channel: grpc.Channel | None = None
        self._left: list[grpc.Channel] = []

    def call(self, path: str, request: bytes, seconds: float) -> bytes:
        """Return the answer to a call that only reads, within `seconds`. Raises CallFailed."""
        if self._channel is None:
            self._channel = self._open()
        try:
            answer: bytes = self._channel.unary_unary(path)(request, timeout=seconds, metadata=self._metadata)
        except grpc.RpcError as error:
            raise CallFailed(f"{error.code().name}: {error.details()}") from None
        return answer

    def close(self) -> None:
        """Close the channel."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def heal(self) -> None:
        """Take in a fork: the channel is the parent's. To close it here may hang, so it is kept."""
        if self._channel is not None:
            self._left.append(self._channel)
            self._channel = None

    def _open(self) -> grpc.Channel:
        target = f"dns:///{self._endpoint.address}"
        if not self._endpoint.tls:
            return grpc.insecure_channel(target, options=_OPTIONS)
        ca = self._endpoint.ca.read_bytes() if self._endpoint.ca else None
        return grpc.secure_channel(target, grpc.ssl_channel_credentials(ca), options=_OPTIONS)
