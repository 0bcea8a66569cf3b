"""Application: a source, a store and the services on it, whatever transport serves them."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson

from flagd.api.access import Access
from flagd.api.services import public_methods, public_routes
from flagd.command_line.exposure import report
from flagd.last_good.file import LastGoodFile
from flagd.metrics import Metrics
from flagd.process.announcer import Announcer
from flagd.process.loop_lag import measure_lag
from flagd.process.management import JSON, Management, Page
from flagd.process.memory import callers_bytes
from flagd.process.metrics_page import CONTENT_TYPE, MetricsPage
from flagd.process.tasks import Tasks
from flagd.rpc.capacity import Capacity
from flagd.ruleset.census import Census
from flagd.ruleset.default_project import DefaultProject
from flagd.sampling import Samples
from flagd.server.collector import FlagdCollector
from flagd.server.door import Door
from flagd.server.exposure import exposures
from flagd.server.gc_tuning import keep_short, relieve
from flagd.server.reminder import remind
from flagd.server.ruleset_port import RulesetPort
from flagd.server.tracking import make_tracking
from flagd.sources.directory import DirectorySource
from flagd.sources.last_good_of_store import LastGoodOfStore
from flagd.sources.operator import OperatorSource
from flagd.store import Store
from flagd.sync.publisher.follow import Follow
from flagd.sync.publisher.report_samples import ReportSamples

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from flagd.rpc.method import Method
    from flagd.rpc.route import Route
    from flagd.server.options import Options

DETAIL_FINDINGS = 100
"""Most findings that /readyz lists."""


class Application:
    """Everything of flagd but the port that callers use. Lives in one event loop."""

    def __init__(self, options: Options, accepting: Callable[[], Awaitable[bool]] | None = None) -> None:
        """`accepting` returns whether the port for callers lets them in; None = it always does."""
        self._options = options
        self._metrics = Metrics()
        self.capacity = Capacity(callers_bytes(options.max_memory))
        self._store = Store(DefaultProject(options.default_project, alone=options.operator is None))
        samples = None if options.operator is None else Samples()
        self._source = _source(options, self._store, self._metrics, samples)
        self._ruleset_port = RulesetPort(options, self._store, self._source, self._metrics, self.capacity)
        self._census = Census()
        subscribers = self._ruleset_port.subscribers
        self._tracking = make_tracking(options)
        collector = FlagdCollector(self._metrics, self._store, subscribers, self.capacity, self._tracking)
        self._metrics_page = MetricsPage(collector)
        pages = {"/healthz": self._healthz, "/readyz": self._readyz, "/metrics": self._expose}
        tls = options.tls if options.management_tls else None
        self._management = Management(pages, options.management_listen, tls=tls)
        access = Access(self._store, self._metrics, options.deployment_keys, self._tracking, samples)
        following = [*Follow(access, self._store).methods(), *ReportSamples(access, samples).methods()]
        self._methods = public_methods(access, self._store, self._metrics, following)
        self._routes = public_routes(access, self._store, self._metrics)
        self._last_good = options.state_dir and LastGoodOfStore(
            LastGoodFile(options.state_dir), self._store, self._metrics
        )
        self._tasks = Tasks(self._metrics.restarts)
        self._door = accepting and Door(accepting, self._metrics)

    @property
    def methods(self) -> Sequence[Method]:
        """What the public port serves."""
        return self._methods

    @property
    def routes(self) -> Sequence[Route]:
        """Plain HTTP endpoints of the public port."""
        return self._routes

    @property
    def management_address(self) -> str:
        """``host:port`` of the management port."""
        return self._management.address

    async def start(self) -> None:
        """Begin to follow the source and to answer probes. Raises OSError when the port cannot be had."""
        report(exposures(self._options))
        await self._management.start()
        self._tasks.start("management port", self._management.run, restart=True)
        await self._ruleset_port.start()
        if self._ruleset_port.listens:
            self._tasks.start("ruleset port", self._ruleset_port.run, restart=True)
        if self._last_good:
            self._source.remember(await self._last_good.restore())
            self._tasks.start("last good", self._last_good.run, restart=True)
        self._tasks.start("loop lag", lambda: measure_lag(self._metrics), restart=True)
        self._tasks.start("GC tuning", lambda: keep_short(self._store), restart=True)
        if self._door:
            self._tasks.start("door", self._door.watch, restart=True)
        self._tasks.start("reminder", lambda: remind(self._obstacle), restart=True)
        self._tasks.start("relief", lambda: relieve(self.capacity), restart=True)
        self._tasks.start("source", self._source.run, restart=True)

    async def confirm(self) -> None:
        """Believe that what is gone from the source is meant to be gone."""
        await self._source.confirm()

    async def drain(self) -> None:
        """Say NOT_SERVING and end the streams; running calls go on."""
        self._store.close()

    async def stop(self) -> None:
        """Stop following the source and answering probes, and keep what is served."""
        await self._tasks.stop()
        if self._last_good and self._store.loaded:
            await self._last_good.keep()
        await self._ruleset_port.stop()
        if self._tracking is not None:
            await asyncio.to_thread(self._tracking.close)
        await self._management.stop()

    async def _healthz(self) -> Page:
        alive = not self._tasks.ended and not (self._door and self._door.is_stuck)
        detail = {"alive": alive} | ({"ended": self._tasks.ended} if self._tasks.ended else {})
        return Page(HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE, JSON, orjson.dumps(detail))

    async def _readyz(self) -> Page:
        counts = self._census.count_all({name: one.ruleset for name, one in self._store.snapshots.items()})
        accepting = self._door is None or self._door.is_open
        ready = self._store.ready and accepting and not (self._store.closed or self._tasks.ended)
        detail = {
            "ready": ready,
            "reason": self._reason(),
            "draining": self._store.closed,
            "accepting": accepting,
            "ended": self._tasks.ended,
            "projects": {
                name: {
                    "revision": one.revision,
                    "flags": counts[name].flags,
                    "groups": counts[name].groups,
                    "as_of": one.as_of,
                    "stale": one.stale,
                }
                for name, one in self._store.snapshots.items()
            },
            "rejected": self._metrics.rejected,
            "held": self._metrics.held,
            "diagnostics": [str(finding) for finding in self._source.diagnostics[:DETAIL_FINDINGS]],
        }
        return Page(HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE, JSON, orjson.dumps(detail))

    def _reason(self) -> str:
        """Return why callers get no answers; empty where they do."""
        if self._store.closed:
            return "the server is draining"
        if self._tasks.ended:
            return f"parts of the server have ended: {', '.join(self._tasks.ended)}"
        if self._door is not None and not self._door.is_open:
            return "the evaluation port accepts no connections"
        return self._obstacle()

    def _obstacle(self) -> str:
        obstacle = self._store.obstacle
        return f"{obstacle}: {self._source.absence}" if obstacle else ""

    async def _expose(self) -> Page:
        return Page(HTTPStatus.OK, CONTENT_TYPE, await asyncio.to_thread(self._metrics_page.render))


def _source(
    options: Options, store: Store, metrics: Metrics, samples: Samples | None
) -> DirectorySource | OperatorSource:
    announcer = Announcer(keys_required=options.deployment_keys == "required")
    if options.operator is not None:
        return OperatorSource(options.operator, store, metrics, announcer, samples)
    if options.manifests is None:
        raise ValueError("neither manifests nor an operator to serve")
    return DirectorySource(options.manifests, store, metrics, announcer)
