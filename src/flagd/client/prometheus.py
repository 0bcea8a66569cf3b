"""Prometheus: what a client counts and knows of itself, as metrics. Needs ``prometheus-client``."""

from __future__ import annotations

import itertools
import weakref
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from flagd.tracking.counters import ARMS, Labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from flagd.client.client import FlagClient
    from flagd.tracking import Tracking
    from flagd.tracking.counters import Counters


class ClientCollector(Collector):
    """The metrics of one client of this process: ``REGISTRY.register(ClientCollector(client))``."""

    def __init__(self, client: FlagClient) -> None:
        """Show what `client` knows, for as long as there is one."""
        self._client = weakref.ref(client)

    def describe(self) -> list[Metric]:
        """Name nothing beforehand: registering asks no client."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield every family, as of now."""
        client = self._client()
        if client is None:
            return
        yield from _health(client)
        if client.counters is not None:
            yield _events(client, client.counters)
        if client.tracking is not None:
            yield from _exposures(client.tracking)


def _health(client: FlagClient) -> Iterator[Metric]:
    health = client.health()
    if health.age_seconds is not None:
        text = "Time since a server last said that the flags are current."
        yield GaugeMetricFamily("flagd_client_age_seconds", text, value=health.age_seconds)
    yield GaugeMetricFamily("flagd_client_connected", "1 while a server is reached.", value=health.connected)
    yield GaugeMetricFamily("flagd_client_stale", "1 while no server vouches for the flags.", value=health.stale)


def _events(client: FlagClient, counters: Counters) -> Metric:
    """Return the counts, and zeros for what may come while a run compares: growth from nothing would not be seen."""
    names = ["flag", "variant", "rollout_arm", "event"]
    family = CounterMetricFamily("flagd_client_events", "Events of users who got a variant.", labels=names)
    kinds = itertools.product(counters.flags, counters.events, ARMS)
    coming = (Labels(flag, key, arm, event) for flag, event, arm in kinds for key in client.variants(flag))
    for labels, count in (dict.fromkeys(coming, 0) | counters.counts).items():
        family.add_metric(list(labels), count)
    return family


def _exposures(tracking: Tracking) -> Iterator[Metric]:
    names = ["flag", "variant"]
    family = CounterMetricFamily("flagd_client_exposures", "Users exposed, each once a day.", labels=names)
    for labels, count in tracking.exposed.items():
        family.add_metric(list(labels), count)
    yield family
    yield CounterMetricFamily("flagd_client_events_sent", "Exposures and assignments sent.", value=tracking.sent)
    yield CounterMetricFamily("flagd_client_events_dropped", "Those that the sink did not get.", value=tracking.dropped)
