"""Telemetry: what a client knows of itself, and counts, for OpenTelemetry. Needs ``opentelemetry-api``."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from opentelemetry.metrics import CallbackOptions, Meter, Observation, get_meter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flagd.client.client import FlagClient
    from flagd.client.health import Health

LABELS = ("feature_flag.key", "feature_flag.result.variant", "rollout_arm", "event")
"""Attributes of what is counted."""
GAUGES: dict[str, tuple[str, str, Callable[[Health], float | None]]] = {
    "flagd.client.age": ("s", "Time since a server last said that the flags are current.", lambda now: now.age_seconds),
    "flagd.client.connected": ("1", "1 while a server is reached.", lambda now: now.connected),
    "flagd.client.stale": ("1", "1 while no server vouches for what is answered from.", lambda now: now.stale),
    "flagd.client.flags": ("{flag}", "Flags that are answered from in this process.", lambda now: now.flags),
}
"""By name: unit, description, and where the value is; None = there is none to tell."""


def observe(client: FlagClient, meter: Meter | None = None, /, **attributes: str) -> None:
    """Have gauges and counters of `client` read whenever metrics are collected, for as long as there is a client.

    Args:
        client: local or remote.
        meter: None = that of the global meter provider.
        attributes: to tell apart several clients of a process.
    """
    meter = meter or get_meter("flagd.client")
    held = weakref.ref(client)
    told = "Events of users who got a variant."
    meter.create_observable_counter("flagd.client.events", [_events(held, attributes)], "{event}", told)
    for name, (unit, description, value) in GAUGES.items():
        meter.create_observable_gauge(name, [_callback(held, value, attributes)], unit, description)


def _callback(
    held: weakref.ref[FlagClient], value: Callable[[Health], float | None], attributes: dict[str, Any]
) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def read(_: CallbackOptions) -> Iterable[Observation]:
        client = held()
        if client is not None and (found := value(client.health())) is not None:
            yield Observation(float(found), attributes)

    return read


def _events(
    held: weakref.ref[FlagClient], attributes: dict[str, Any]
) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def read(_: CallbackOptions) -> Iterable[Observation]:
        client = held()
        if client is not None and client.counters is not None:
            for labels, count in client.counters.counts.items():
                yield Observation(count, {**attributes, **dict(zip(LABELS, labels, strict=True))})

    return read
