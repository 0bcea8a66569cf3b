"""Replicas: the flagds that get calls, by the EndpointSlices of their Service, and what each says that it serves."""

from __future__ import annotations

import asyncio
import contextlib
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flagd.signal import Signal
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.endpoints import find_endpoints
from flagoperator.reconcile.propagation import Replica

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagd.sync.publisher import Subscriber, Subscribers
    from flagoperator.cluster.api import Api

LOOK_SECONDS = 5.0
"""How often the pods of the evaluation service are looked at."""
FRESH_SECONDS = 1.0
"""How old the list of pods may be when replicas say something new."""


class Replicas:
    """Read by the publisher and the reporter; neither knows the other."""

    def __init__(self, api: Api, service: tuple[str, str] | None, subscribers: Subscribers) -> None:
        """Look at the pods behind `service` (namespace and name); None = every subscribed replica gets calls."""
        self._api = api
        self._service = service
        self._subscribers = subscribers
        self._pods: frozenset[str] = frozenset()
        self._pods_at = float("-inf")
        self._changed = Signal()

    @property
    def pods(self) -> frozenset[str] | None:
        """Names of the ready pods of the evaluation service; None while they are not known."""
        return None if self._service is None or self._pods_at == float("-inf") else self._pods

    @property
    def ready(self) -> list[Replica]:
        """The ready replicas; one that does not subscribe serves nothing."""
        subscribed = self._subscribers.replicas
        names = subscribed.keys() if self._service is None else self._pods
        return [_replica(name, subscribed.get(name)) for name in names]

    @property
    def flags(self) -> Mapping[str, Mapping[str, int]]:
        """How many flags each subscribed replica serves, ready or not, by its name and the project."""
        return {
            name: {project: served.flags for project, served in one.served.items()}
            for name, one in self._subscribers.replicas.items()
        }

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Event]:
        """Give an event that is set at every change, and at first; the reader clears it, then reads."""
        with self._changed.subscribe() as changed:
            changed.set()
            yield changed

    async def run(self) -> None:
        """Look at the pods every few seconds, and when replicas say something; until cancelled."""
        with self._subscribers.subscribe() as changed:
            while True:
                changed.clear()
                if time.monotonic() - self._pods_at > FRESH_SECONDS:
                    await self._find_pods()
                self._changed.wake()
                # Not wait_for: it drops a cancellation that comes together with the event.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await changed.wait()

    async def _find_pods(self) -> None:
        if self._service is None:
            return
        try:
            found = await find_endpoints(self._api, *self._service)
        except ApiError:
            return  # what was seen last holds; the list of the cluster says so when it is away
        self._pods, self._pods_at = frozenset(each.pod for each in found if each.ready), time.monotonic()


def _replica(name: str, subscriber: Subscriber | None) -> Replica:
    if subscriber is None:
        return Replica(name, {}, {})
    revisions = {project: served.revision for project, served in subscriber.served.items()}
    return Replica(name, revisions, {project: refusal.reason for project, refusal in subscriber.refused.items()})
