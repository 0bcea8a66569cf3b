"""Bootstrap: everything Envoy is told at its start.

Fields: https://www.envoyproxy.io/docs/envoy/v1.39.0/api-v3/config/bootstrap/v3/bootstrap.proto
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.rpc.envoy.listener import Listener

MAX_CONNECTIONS = 10_000
"""Connections to the public port; further ones are closed at once."""

MAX_HEAP = 2 * 1024 * 1024 * 1024
"""Bytes of Envoy's heap at which it protects itself: at 90 % no keep-alive, at 95 % no new requests."""

_MONITORS = "type.googleapis.com/envoy.extensions.resource_monitors"


def bootstrap(listener: Listener, admin: Path) -> dict[str, Any]:
    """Return Envoy's ``Bootstrap`` with one listener, and its admin interface on the Unix socket ``admin``."""
    return {
        # Secrets from files need a name to ask in.
        "node": {"id": "flagd", "cluster": "flagd"},
        "admin": {"address": {"pipe": {"path": str(admin), "mode": 0o600}}},
        "static_resources": {"listeners": [listener.config()]},
        "overload_manager": _overload_manager(),
    }


def _overload_manager() -> dict[str, Any]:
    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            _monitor("fixed_heap", "FixedHeapConfig", max_heap_size_bytes=MAX_HEAP),
            _monitor(
                "global_downstream_max_connections",
                "DownstreamConnectionsConfig",
                "downstream_connections",
                max_active_downstream_connections=MAX_CONNECTIONS,
            ),
        ],
        "actions": [
            _action("disable_http_keepalive", 0.9),
            _action("stop_accepting_requests", 0.95),
            _action("stop_accepting_connections", 0.98),
        ],
    }


def _monitor(name: str, message: str, package: str | None = None, **fields: int) -> dict[str, Any]:
    return {
        "name": f"envoy.resource_monitors.{name}",
        "typed_config": {"@type": f"{_MONITORS}.{package or name}.v3.{message}", **fields},
    }


def _action(name: str, threshold: float) -> dict[str, Any]:
    trigger = {"name": "envoy.resource_monitors.fixed_heap", "threshold": {"value": threshold}}
    return {"name": f"envoy.overload_actions.{name}", "triggers": [trigger]}
