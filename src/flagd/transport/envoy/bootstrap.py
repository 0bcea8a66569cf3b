"""Bootstrap: the configuration that Envoy starts with.

Fields: https://www.envoyproxy.io/docs/envoy/v1.39.0/api-v3/config/bootstrap/v3/bootstrap.proto
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.transport.descriptors import connections

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.transport.envoy.listener import Listener

MAX_HEAP = 2 * 1024 * 1024 * 1024
"""Bytes of Envoy's heap, where nothing else is said, at which it protects itself.

From 85 % on it resets the streams that wait with most, at 90 % keeps no connection alive, at 95 % takes no requests.
"""
_LEAST_WAITING_POWER = 18
"""Streams of which fewer than two to this power bytes wait are not among those that are reset."""

_MONITORS = "type.googleapis.com/envoy.extensions.resource_monitors"


def bootstrap(listener: Listener, admin: Path, heap: int = MAX_HEAP) -> dict[str, Any]:
    """Return Envoy's ``Bootstrap`` with one listener, and its admin interface on the Unix socket ``admin``.

    Its heap may have ``heap`` bytes.
    """
    return {
        # Secrets from files need a name to ask in.
        "node": {"id": "flagd", "cluster": "flagd"},
        "admin": {"address": {"pipe": {"path": str(admin), "mode": 0o600}}},
        "static_resources": {
            "listeners": [listener.config()],
            "clusters": [] if listener.tracing is None else [listener.tracing.cluster()],
        },
        "overload_manager": _overload_manager(heap),
        # What callers no longer hold goes back to the system, and is not counted any more.
        "memory_allocator_manager": {"bytes_to_release": 64 * 1024 * 1024, "memory_release_interval": "1s"},
    }


def _overload_manager(heap: int) -> dict[str, Any]:
    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            _monitor("fixed_heap", "FixedHeapConfig", max_heap_size_bytes=heap),
            _monitor(
                "global_downstream_max_connections",
                "DownstreamConnectionsConfig",
                "downstream_connections",
                max_active_downstream_connections=connections(),
            ),
        ],
        "buffer_factory_config": {"minimum_account_to_track_power_of_two": _LEAST_WAITING_POWER},
        "actions": [
            _scaled_action("reset_high_memory_stream", 0.85, 0.95),
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
    return _triggered(name, threshold={"value": threshold})


def _scaled_action(name: str, low: float, high: float) -> dict[str, Any]:
    return _triggered(name, scaled={"scaling_threshold": low, "saturation_threshold": high})


def _triggered(name: str, **trigger: dict[str, float]) -> dict[str, Any]:
    triggers = [{"name": "envoy.resource_monitors.fixed_heap", **trigger}]
    return {"name": f"envoy.overload_actions.{name}", "triggers": triggers}
