"""Subscriber: keeps a store at what the deciding publisher says, and at what was last heard while it is silent.

A stream is kept to every publisher. Of those that say that they decide, the one of the highest epoch is listened to;
from any other nothing is taken while that one is connected.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from flagd.process.background import in_turns
from flagd.process.tasks import Tasks, first
from flagd.ruleset import RulesetError
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.subscriber.election import elect
from flagd.sync.subscriber.folding import is_quick, subject, take
from flagd.sync.subscriber.freshness import Freshness
from flagd.sync.subscriber.publishers import Publishers
from flagd.sync.subscriber.request import ack, counted, hello, nack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.snapshot import Snapshot
    from flagd.store import Store
    from flagd.sync.subscriber.connection import PublisherConnection, Term
    from flagd.sync.subscriber.settings import Counts, Observer, Settings
    from flagd.v1.ruleset_pb2 import Oversize, SubscribeRequest, SubscribeResponse

log = logging.getLogger(__name__)
CHECK_SECONDS = 1.0
PEER_SECONDS = 2.0
"""How long a start without anything on disk waits for the publishers before it asks peers."""


class Subscriber:
    """Follows publishers, and asks peers where nothing can be served at first."""

    def __init__(self, settings: Settings, store: Store, observer: Observer, counts: Counts) -> None:
        """Write what is heard to `store`, and tell `observer`; count in `counts`."""
        self._settings = settings
        self._store = store
        self._counts = counts
        self._publishers = Publishers(settings.publishers.names, settings.publishers.connect, self)
        self._peers = Publishers(settings.peers.names, settings.peers.connect, self)
        self._freshness = Freshness(settings.stale_seconds)
        self._observer = observer
        self._restored: Mapping[str, Snapshot] = {}
        self._held: dict[str, HashedRuleset] = {}
        self._arriving: dict[str, Snapshot] = {}
        self._leader: PublisherConnection | None = None
        self._vouching: PublisherConnection | None = None
        self._term: Term | None = None
        self._in_touch = True
        self._lock = asyncio.Lock()

    @property
    def term(self) -> Term | None:
        """With what right the source of what is served publishes; None = it was not heard yet."""
        return self._term

    @property
    def leader(self) -> str:
        """``ip:port`` of the publisher that is listened to; empty = nobody is."""
        return "" if self._leader is None else self._leader.address

    @property
    def trouble(self) -> str:
        """Why no publisher is connected; empty = not known."""
        return self._publishers.trouble

    def remember(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Take what was served before a restart as what is held."""
        self._restored = snapshots

    async def run(self) -> None:
        """Subscribe, follow, judge staleness; until cancelled."""
        restored, self._restored = self._restored, {}
        for name, snapshot in restored.items():
            self._held[name] = await asyncio.to_thread(HashedRuleset.of, snapshot.ruleset)
            self._observer.remember(self._held[name].ruleset)
        tasks = Tasks()
        tasks.start("operators", self._publishers.run, restart=True)
        tasks.start("peers", self._ask_peers, restart=True)
        try:
            await first(self._watch_age(), tasks.fail())
        finally:
            await tasks.stop()

    async def _watch_age(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            self._judge()

    def hello(self) -> SubscribeRequest:
        """Say who we are and what is held."""
        return hello(self._settings.role, self._settings.name, (one.ruleset for one in self._held.values()))

    async def heard(self, connection: PublisherConnection, response: SubscribeResponse) -> None:
        """Take in one message of one publisher."""
        self._count(connection, response)
        async with self._lock:
            self._elect()
            if connection is self._leader:
                await self._follow(connection, response)
            elif told := subject(response):
                self._pass_over(connection, *told)

    async def lost(self, connection: PublisherConnection) -> None:
        """Take in that a publisher is connected no longer."""
        async with self._lock:
            if connection is self._vouching:
                self._vouching = None
            self._elect()

    async def _follow(self, leader: PublisherConnection, response: SubscribeResponse) -> None:
        self._term = leader.term
        self._hear(leader)
        match response.WhichOneof("message"):
            case "update" | "compressed_update":
                await self._update(leader, response)
            case "removal":
                self._remove(leader, response.removal.project)
            case "oversize":
                self._fall_behind(response.oversize)
            case "heartbeat":
                self._complete(leader)

    def _count(self, connection: PublisherConnection, response: SubscribeResponse) -> None:
        """Answer a heartbeat that asks what was counted; every publisher may ask, as one may take over.

        Of users seen only the one that is listened to is told: what another one asks for may be over.
        """
        queries, sample = response.heartbeat.queries, self._settings.sample
        if self._settings.count is None or not queries:
            return
        seen = sample(queries, connection.told) if sample is not None and connection is self._leader else ()
        connection.echo(counted(self._settings.count(queries), seen))

    def _elect(self) -> None:
        leader = elect(self._publishers.connections, self._leader) or elect(self._peers.connections, self._leader)
        self._counts.publishers = sum(connection.term is not None for connection in self._publishers.connections)
        if leader is self._leader:
            return
        self._leader = leader
        if leader is None or leader.term is None:
            return
        log.info("publisher %s decides, epoch %d", leader.address, leader.term.epoch)
        if leader.passed_over:
            leader.restart()

    async def _update(self, connection: PublisherConnection, response: SubscribeResponse) -> None:
        project, revision = subject(response) or ("", "")
        held = self._held.get(project) or HashedRuleset.empty(project)
        before = self._arriving.get(project) or self._store.snapshots.get(project)
        try:
            hashed, snapshot = (
                take(response, held, before, time.time())
                if is_quick(response)
                else await in_turns(take, response, held, before, time.time())
            )
        except RulesetError as error:
            self._counts.updates["refused"] += 1
            self._freshness.fall_behind(project)
            log.error("project %s: revision %s is refused, what is served stays: %s", project, revision, error)
            connection.answer(nack(project, revision, str(error)))
            return
        self._counts.updates["applied"] += 1
        self._observer.tell(hashed.ruleset)
        self._held[project] = hashed
        self._freshness.catch_up(project)
        self._serve(connection, {project: snapshot if self._is_current(connection) else snapshot.lost()})

    def _serve(self, connection: PublisherConnection, changed: Mapping[str, Snapshot]) -> None:
        self._arriving |= changed
        # The first load is served as a whole, once the publisher says that it is one.
        if not self._store.loaded:
            return
        arrived, self._arriving = self._arriving, {}
        self._store.replace({**self._store.snapshots, **arrived})
        for project, snapshot in arrived.items():
            self._acknowledge(connection, ack(project, snapshot.ruleset))

    def _hear(self, connection: PublisherConnection) -> None:
        """Record a sign of life of who has vouched for everything on this stream: it still does."""
        if connection is self._vouching and self._is_current(connection):
            self._freshness.hear()

    def _complete(self, connection: PublisherConnection) -> None:
        """Everything has been sent: serve it if it is the first, and take down that it is current."""
        if not self._store.loaded:
            self._store.replace({})
            self._serve(connection, {})
            if not self._store.snapshots:
                log.warning("%s at %s publishes no project", self._settings.source, connection.address)
        if not self._is_current(connection):
            return
        if not self._in_touch:
            log.info("in touch with %s again", self._settings.source)
        self._in_touch = True
        self._vouching = connection
        now, served = time.time(), self._store.snapshots
        self._store.replace({**served, **{name: served[name].at(now) for name in self._freshness.vouch(served)}})

    def _is_current(self, connection: PublisherConnection) -> bool:
        return connection.term is not None and not connection.term.stale and connection in self._publishers.connections

    def _remove(self, connection: PublisherConnection, project: str) -> None:
        self._observer.withdraw(project)
        self._counts.updates["applied"] += 1
        self._freshness.forget(project)
        self._held.pop(project, None)
        self._arriving.pop(project, None)
        if self._store.loaded:
            self._store.replace({name: one for name, one in self._store.snapshots.items() if name != project})
        self._acknowledge(connection, ack(project, None))

    def _fall_behind(self, told: Oversize) -> None:
        self._counts.updates["oversize"] += 1
        self._freshness.fall_behind(told.project)
        log.error(
            "project %s: revision %s is too large to be sent (%d bytes, at most %d), what is served stays",
            *(told.project, told.revision, told.size, told.limit),
        )

    def _pass_over(self, connection: PublisherConnection, project: str, revision: str) -> None:
        """Refuse what one sent who is not listened to, unless it is what is served anyway."""
        served = self._store.snapshots.get(project)
        if revision == (served.revision if served else ""):
            connection.answer(ack(project, served.ruleset if served else None))
            return
        connection.passed_over = True
        self._counts.updates["passed over"] += 1
        connection.answer(nack(project, revision, "another publisher decides"))

    def _acknowledge(self, connection: PublisherConnection, request: SubscribeRequest) -> None:
        connection.answer(request)
        for other in self._publishers.connections:
            if other is not connection:
                other.tell(request)

    def _judge(self) -> None:
        """Call stale what no publisher has vouched for lately."""
        served = self._store.snapshots
        late = [name for name in self._freshness.late(served) if not served[name].stale]
        if late:
            self._store.replace({**served, **{name: served[name].lost() for name in late}})
        if self._in_touch and not all(map(self._freshness.is_behind, late)):
            self._in_touch = False
            log.warning(
                "out of touch with %s for %g s, what is served stays",
                *(self._settings.source, self._settings.stale_seconds),
            )

    async def _ask_peers(self) -> None:
        """Take what peers serve if nothing is there to start with, until something is; then wait to be cancelled."""
        await asyncio.sleep(PEER_SECONDS)
        if self._settings.peers.names and not self._store.loaded:
            await self._ask_until_loaded()
        await asyncio.Event().wait()

    async def _ask_until_loaded(self) -> None:
        log.info("nothing to serve yet: asking peers")
        with self._store.subscribe() as changed:
            await first(self._peers.run(), self._loaded(changed))

    async def _loaded(self, changed: asyncio.Event) -> None:
        while not self._store.loaded:
            await changed.wait()
            changed.clear()
