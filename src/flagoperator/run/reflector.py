"""Reflector: keeps the cache true: waits for the CRDs, lists everything every minute, and watches in between."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.backoff import Backoff
from flagd.manifest import KINDS
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.reception import collections
from flagoperator.cluster.relist import NOT_FOUND, relist, unserved_kinds
from flagoperator.run.watch_health import WatchHealth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flagd.manifest import ResourceRef
    from flagoperator.cluster.api import Api
    from flagoperator.cluster.heartbeat import Heartbeat
    from flagoperator.cluster.watch import Watch
    from flagoperator.kubeconfig import Connection
    from flagoperator.reconcile.resource_cache import ResourceCache
    from flagoperator.run.monitoring.metrics import OperatorMetrics

log = logging.getLogger(__name__)
PERIOD_SECONDS = 60.0
JITTER = 0.2
RETRY = Backoff(0.5, 15)
"""Lists and watches that failed."""
CRDS_RETRY = Backoff(0.5, 3)
"""The CRDs are not there yet."""
UNWATCHED_SECONDS = 30.0
"""How long a watch may be away before the operator is not ready: as long as one takes that begins after trouble."""
DOUBT_SECONDS = 0.5
"""How long a deletion waits for the answer whether its kind is served."""
PATIENCE_SECONDS = 10.0
"""How long the watch waits for what was listed to be published."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at, and how often.

    Attributes:
        namespaces: those that are watched; none = all.
        relist_seconds: time between two lists of everything, within 20 %.
    """

    namespaces: Sequence[str] = ()
    relist_seconds: float = PERIOD_SECONDS


class Reflector:
    """Feeds a cache."""

    def __init__(
        self,
        api: Api,
        connection: Connection,
        scope: Scope,
        cache: ResourceCache,
        metrics: OperatorMetrics,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called whenever the cache has news."""
        self._api = api
        self._connection = connection
        self._namespaces = scope.namespaces
        self._period = scope.relist_seconds
        self._cache = cache
        self._metrics = metrics
        self._wanted = asyncio.Event()
        self._deleted = asyncio.Event()
        self._doubted = False
        self._watch_health = WatchHealth()
        self._watch: Watch | None = None
        self._changed = changed
        self._watched = time.monotonic()
        self.unread: frozenset[str] = frozenset(scope.namespaces)
        """Namespaces of which nothing was ever read: what others served of them is all that is known."""
        self.listed = float("-inf")
        """When the last complete list was started, in seconds of the monotonic clock."""
        self.believed = float("-inf")
        """The same of the last that is a proof of what is gone: not the first after a kind was not served."""
        self.unserved: frozenset[str] = frozenset()
        """Kinds that the API server does not serve: nobody knows what there is of them."""
        self.published = asyncio.Event()
        """Set by the publisher of the first list: the watch reports what came after it, and has time until then."""

    @property
    def stale(self) -> bool:
        """Whether the last complete list is older than three periods: nobody knows what the cluster says."""
        return time.monotonic() - self.listed > 3 * self._period

    @property
    def unwatched(self) -> list[str]:
        """What should be watched and is not, for longer than a new watch takes: changes are seen by lists alone."""
        missing = ["everything"] if self._watch is None else self._watch.reception.missing
        missing = [path for path in missing if path not in collections([*self._metrics.unreadable] or ["-"])]
        if not missing or not self._cache.complete:
            self._watched = time.monotonic()
        return missing if time.monotonic() - self._watched > UNWATCHED_SECONDS else []

    @property
    def watch_heartbeat(self) -> Heartbeat | None:
        """Of the event loop of the watch; None while there is none."""
        return None if self._watch is None else self._watch.heartbeat

    def list_soon(self) -> None:
        """Have everything listed now and not at the end of the minute."""
        self._wanted.set()

    async def run(self) -> None:
        """Follow the cluster until cancelled."""
        failures = 0
        while True:
            await self._wait_for_crds()
            await self._list_until_done()
            await self._wait_for_publication()
            started = time.monotonic()
            await self._follow()
            self._metrics.watch_restarts += 1
            failures = 1 if time.monotonic() - started > PERIOD_SECONDS else failures + 1
            await asyncio.sleep(RETRY.seconds(failures))

    async def _wait_for_crds(self) -> None:
        for failures in itertools.count(1):
            try:
                await self._look_at_kinds()
                if not self.unserved:
                    return
                reason = f"the CRDs of {', '.join(sorted(self.unserved))} are not installed"
            except ApiError as error:
                reason = str(error)
            if failures == 1:
                log.warning("waiting for the API server: %s", reason)
            await asyncio.sleep(CRDS_RETRY.seconds(failures))

    async def _list_until_done(self) -> None:
        failures = 0
        while await self._list() is None:
            failures += 1
            await asyncio.sleep(RETRY.seconds(failures) * random.uniform(0.5, 1))  # noqa: S311  # no secret
        found = [f"{count} {kind}" for kind in KINDS if (count := self._cache.count(kind))]
        where = f"in {', '.join(self._namespaces)}" if self._namespaces else "in all namespaces"
        log.info("listed %s: %s", where, ", ".join(found) or "no flags, and nothing that belongs to them")

    async def _wait_for_publication(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.published.wait()

    async def _list(self) -> set[ResourceRef] | None:
        """Make the cache true; return what it did not know, or None if that failed."""
        self._wanted.clear()
        started = time.monotonic()
        try:
            found = await relist(self._api, self._cache, self._namespaces)
            await self._look_at_kinds()
        except ApiError as error:
            self._metrics.relist_failures += 1
            log.warning("listing failed: %s", error)
            if error.status == NOT_FOUND:
                await self._doubt()
            return None
        finally:
            if self._cache.pending:
                self._changed()
        self._metrics.relists.observe(time.monotonic() - started)
        self._metrics.relisted_at = time.time()
        self.listed = started
        self._tell_unreadable(found.unreadable)
        if not self._doubted:
            self.believed = started
        self._doubted = bool(self.unserved)
        self._changed()
        return found.differences

    def _tell_unreadable(self, unreadable: Mapping[str, str]) -> None:
        """Say in the log which namespaces cannot be read any more, or can again."""
        before, self._metrics.unreadable = self._metrics.unreadable, unreadable
        self.unread = self.unread & unreadable.keys()
        for namespace, reason in unreadable.items():
            if namespace not in before:
                log.warning(
                    "namespace %s cannot be read; what is known of it stays, the others go on: %s", namespace, reason
                )
        for namespace in before.keys() - unreadable.keys():
            log.info("namespace %s can be read again", namespace)

    async def _look_at_kinds(self) -> None:
        """Find out which kinds are served. Raises ApiError."""
        unserved = await unserved_kinds(self._api)
        self._doubted = self._doubted or bool(unserved)
        if unserved == self.unserved:
            return
        if unserved and self._cache.complete:
            log.warning("the API server does not serve %s: what was served stays", ", ".join(sorted(unserved)))
        self.unserved = unserved
        self._changed()

    async def _doubt(self) -> None:
        """Look at the kinds where something seems to be gone; an API server that does not answer proves nothing."""
        self._deleted.clear()
        try:
            async with asyncio.timeout(DOUBT_SECONDS):
                await self._look_at_kinds()
        except (ApiError, TimeoutError) as error:
            log.info("which kinds the API server serves is not known: %s", error or "no answer in time")

    async def _follow(self) -> None:
        """Watch, with a list every minute, until the watch ends or is found dead."""
        self._watch_health = WatchHealth()
        make = await asyncio.to_thread(_watch)
        self._watch = watch = make(self._connection, self._namespaces, self._cache.listed, self.list_soon, self._told)
        await watch.start()
        ended = asyncio.create_task(watch.ended(), name="watch")
        try:
            await self._follow_until(ended)
        finally:
            ended.cancel()
            self._watch = None
            await watch.stop()

    async def _follow_until(self, ended: asyncio.Task[None]) -> None:
        due = self._next_list(self._period)
        while True:
            await self._pause(ended, min(due, self._watch_health.due))
            if ended.done():
                return
            if self._deleted.is_set():
                await self._doubt()
                self._changed()
            now = time.monotonic()
            if deaf := self._watch_health.deaf(now):
                log.warning("the watch missed changes that a list found (%s); restarting it", ", ".join(deaf))
                return
            if self._wanted.is_set() or now >= due:
                differences = await self._list()
                # What could not be listed is tried again soon: it may be the proof of a lost deletion.
                soon = self._period if differences is not None else min(self._period, RETRY.longest)
                due = self._next_list(soon)
                self._metrics.relist_differences += len(differences or ())
                self._watch_health.listed({ref.kind for ref in differences or ()}, now, time.monotonic())

    def _next_list(self, seconds: float) -> float:
        return time.monotonic() + seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # no secret

    async def _pause(self, ended: asyncio.Task[None], until: float) -> None:
        asked = [asyncio.create_task(event.wait()) for event in (self._wanted, self._deleted)]
        timeout = max(0.0, until - time.monotonic())
        await asyncio.wait({ended, *asked}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for task in asked:
            task.cancel()

    def _told(self, kind: str, event: str, obj: dict[str, Any]) -> None:
        self._watch_health.told(kind, time.monotonic())
        self._metrics.watch_events[kind] += 1
        if not self._cache.observe(kind, event, obj):
            return
        if event == "DELETED":
            self._deleted.set()  # perhaps with its definition: that is checked before anything is reported
        else:
            self._changed()


def _watch() -> type[Watch]:
    """Return what watches. It brings Kopf, which is long to import and not needed for what is published first."""
    from flagoperator.cluster.watch import Watch

    return Watch
