"""Operator: the parts of one operator in one event loop, and how it starts and stops."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from contextlib import AsyncExitStack
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson

from flagd.api.health import Health
from flagd.command_line.exposure import report
from flagd.metrics import Metrics
from flagd.process.management import JSON, Management, Page
from flagd.process.metrics_page import CONTENT_TYPE, MetricsPage
from flagd.process.tasks import Tasks
from flagd.rpc.instrument import instrument
from flagd.sync.publisher import SERVICE, RulesetService
from flagd.transport.channel import Credentials
from flagd.transport.grpcio import LONG_STREAMS, GrpcioTransport
from flagoperator.cluster.api import Api
from flagoperator.cluster.event import Events
from flagoperator.cluster.heartbeat import Heartbeat
from flagoperator.cluster.lease import Lease
from flagoperator.kubeconfig import find_connection
from flagoperator.lists.fetcher import Fetcher
from flagoperator.run.definitions import Definitions
from flagoperator.run.events import OperatorEvents
from flagoperator.run.last_good import LastGoodOfBoard
from flagoperator.run.list_keeper import ListKeeper
from flagoperator.run.measuring.measurer import Measurer
from flagoperator.run.model import Model
from flagoperator.run.monitoring.collector import OperatorCollector
from flagoperator.run.publisher import Publisher
from flagoperator.run.recall import Recalled, recall
from flagoperator.run.reflector import Reflector, Scope
from flagoperator.run.replicas import Replicas
from flagoperator.run.reporter import Reporter
from flagoperator.run.serving.account import Account
from flagoperator.run.serving.port import Port
from flagoperator.run.subscribers.admission import exposures, make_admission
from flagoperator.run.walker import Walker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagd.ruleset.hashed_ruleset import HashedRuleset
    from flagoperator.prometheus.client import Prometheus
    from flagoperator.prometheus.client import Settings as PrometheusSettings
    from flagoperator.run.options import Options

log = logging.getLogger(__name__)
DRAIN_SECONDS = 2.0
LONGEST_LAG_SECONDS = 5.0
"""How late an event loop may be before the operator is to be restarted."""
REFUSED_SECONDS = 300.0
"""How long the API server may accept no credentials, however often they are read, before a new process is to try."""


class Operator:
    """One operator. Started once, stopped once."""

    def __init__(self, options: Options, clock: Callable[[], float] = time.time) -> None:
        """Raises ConnectionSettingsError where no API server is named. Rollouts go by `clock`, seconds since 1970."""
        self._options = options
        connection = find_connection(options.kubeconfig, options.context)
        self._api = Api(connection)
        self._last_good = LastGoodOfBoard(options.state_dir)
        self._model = model = Model()
        self._lease = Lease(self._api, options.lease_namespace, f"{options.identity}_{secrets.token_hex(4)}")
        scope = Scope(options.namespaces, options.relist_seconds)
        self._reflector = Reflector(self._api, connection, scope, model.cache, model.metrics, self._changed)
        self._events = Events(self._api)
        self._operator_events = operator_events = OperatorEvents(self._events, self._lease, model.cache)
        self._replicas = Replicas(self._api, options.evaluation_service, model.subscribers)
        self._walker = Walker(model, self._replicas, operator_events, clock, paused=options.pause_rollouts)
        watched = model, self._reflector, self._lease, self._replicas, operator_events
        self._measurer = Measurer(model, self._lease, clock, partial(_prometheus, options.prometheus))
        self._publisher = Publisher(*watched, self._walker, self._recall, self._ask)
        self._list_keeper = ListKeeper(model, Fetcher(options.sources), self._publisher.wake)
        self._reporter = Reporter(self._api, model, self._lease, self._replicas, operator_events)
        admission = make_admission(options, self._api, model.metrics.reviews)
        service = RulesetService(model.board, model.subscribers, admission, admissions=model.admissions)
        methods = instrument([*service.methods(), *Health(model.board, [SERVICE]).methods()], Metrics())
        self._transport = GrpcioTransport(methods, options.listen, options.tls, options=LONG_STREAMS)
        collector = OperatorCollector(
            model, self._replicas, self._reporter.writer, self._events, self._lease, self._heartbeats
        )
        self._metrics_page = MetricsPage(collector)
        pages = {"/healthz": self._healthz, "/readyz": self._readyz, "/metrics": self._metrics}
        tls = options.tls if options.management_tls else None
        self._management = Management(pages, options.management_listen, tls=tls)
        account = Account(model, self._replicas, self._lease)
        asked = options.serving_listen
        self._serving = None if asked is None else Port(asked, options.tls, self._api, account)
        self._stack = AsyncExitStack()
        self._heartbeat = Heartbeat()
        self._tasks = Tasks()
        self._led = False

    @property
    def address(self) -> str:
        """``host:port`` of the ruleset stream."""
        return self._transport.address

    @property
    def management_address(self) -> str:
        """``host:port`` of the management port."""
        return self._management.address

    @property
    def serving_address(self) -> str:
        """``host:port`` of /v1/serving; empty where it is not answered."""
        return "" if self._serving is None else self._serving.address

    async def start(self) -> None:
        """Listen on both ports and begin to work. Raises OSError for ports and files."""
        report(exposures(self._options))
        await self._management.start()
        try:
            await self._stack.enter_async_context(self._api)
            await self._transport.start()
            if self._serving is not None:
                await self._serving.start()
        except BaseException:
            await self._management.stop()
            await self._stack.aclose()
            raise
        for name, work in {
            "ruleset port": self._transport.run,
            "management port": self._management.run,
            "reflector": self._reflector.run,
            "publisher": self._publisher.run,
            "takeover": self._publisher.follow,
            "replicas": self._replicas.run,
            "rollouts": lambda: self._walker.run(self._publisher.wake),
            "guards": self._measurer.run,
            "lists": self._list_keeper.run,
            "compiled": self._reporter.take_touched,
            "lease": lambda: self._lease.run(self._looked_at_lease),
            "acknowledgements": self._reporter.follow,
            "count": self._reporter.tick,
            "status": self._reporter.writer.run,
            "events": self._events.run,
            "last_good": lambda: self._last_good.run(self._model.board),
            "definitions": Definitions(self._api, self._model.metrics).run,
            "heartbeat": self._heartbeat.run,
            **({} if self._serving is None else {"serving": self._serving.run}),
        }.items():
            self._tasks.start(name, work)

    async def fail(self) -> None:
        """Wait until a part of it has ended by itself. Raises TaskEndedError then."""
        await self._tasks.fail()

    async def stop(self) -> None:
        """Give the Lease up, send subscribers to the other replica, then end everything."""
        self._tasks.cancel("ruleset port", "lease", "status", "publisher")
        await self._lease.release()
        self._model.board.close()
        await asyncio.gather(self._transport.drain(DRAIN_SECONDS), self._tasks.stop())
        if self._serving is not None:
            await self._serving.stop()
        await self._management.stop()
        await self._stack.aclose()

    async def _recall(self) -> Recalled:
        options = self._options
        if not options.peers and options.state_dir is None:
            log.info("after a restart nothing will say what was served of broken flags: set --state-dir or --peers")
        kept = await asyncio.to_thread(self._last_good.recall)
        return (await recall(options.peers, options.identity, self._credentials().connect)).over(kept)

    def _credentials(self) -> Credentials:
        return Credentials(ca=self._options.peer_ca, token=self._options.peer_token)

    async def _ask(self, held: Sequence[HashedRuleset]) -> Recalled:
        options = self._options
        return await recall(options.peers, options.identity, self._credentials().connect, held, away_seconds=0)

    def _changed(self) -> None:
        self._publisher.wake()
        self._reporter.look_at_touched()

    def _looked_at_lease(self) -> None:
        leads = self._lease.leads
        if leads and not self._led:
            self._reporter.begin_term()
        self._led = leads
        self._operator_events.catch_up()
        self._publisher.wake()

    async def _healthz(self) -> Page:
        ended, lags = self._tasks.ended, {name: beat.lag for name, beat in self._heartbeats().items()}
        refused = self._refused_seconds()
        alive = not ended and max(lags.values()) <= LONGEST_LAG_SECONDS and refused <= REFUSED_SECONDS
        detail = {
            "alive": alive,
            "ended": ended,
            "lag_seconds": {name: round(lag, 3) for name, lag in lags.items()},
            "credentials_refused_seconds": round(refused, 1),
        }
        return Page(HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE, JSON, orjson.dumps(detail))

    def _refused_seconds(self) -> float:
        """Return for how long the API server has accepted no credentials: what is read again and again did not help."""
        since = self._api.refused_since
        return 0.0 if since is None else time.monotonic() - since

    def _heartbeats(self) -> dict[str, Heartbeat]:
        """Return the heartbeats by event loop. A loop that hangs cannot be ended but with the process."""
        watch = self._reflector.watch_heartbeat
        return {"main": self._heartbeat} | ({} if watch is None else {"watch": watch})

    async def _readyz(self) -> Page:
        listed = time.monotonic() - self._reflector.listed
        unwatched = self._reflector.unwatched
        ready = self._model.cache.complete and not (self._reflector.stale or unwatched or self._tasks.ended)
        current = self._model.board.current
        detail = {
            "ready": ready,
            "leading": self._lease.leads,
            "epoch": self._lease.epoch,
            "listed_seconds_ago": round(listed, 1) if self._model.cache.complete else None,
            "not_watched": unwatched,
            "broken": self._model.projects.broken.told(),
            "unreadable": dict(self._model.metrics.unreadable),
            "ended": self._tasks.ended,
            "unserved": sorted(self._reflector.unserved),
            "held": [str(each) for each in self._model.mass_removal.held.values()],
            "projects": {name: one.revision for name, one in current.rulesets.items()} if current else {},
            "replicas": {each.name: dict(each.revisions) for each in self._replicas.ready},
        }
        return Page(HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE, JSON, orjson.dumps(detail))

    async def _metrics(self) -> Page:
        return Page(HTTPStatus.OK, CONTENT_TYPE, await asyncio.to_thread(self._metrics_page.render))


def _prometheus(settings: PrometheusSettings | None) -> Prometheus | None:
    if settings is None:
        return None
    # Imported when needed: most operators need no parser of PromQL.
    from flagoperator.prometheus.client import Prometheus

    return Prometheus(settings)
