"""Operator: serves what an operator publishes, and what was last heard while it is silent.

A stream is kept to every replica of the operator. Of those that say that they decide, the one of the
highest epoch is listened to; from any other nothing is taken while that one is connected.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from flagd.background import in_turns
from flagd.ruleset import RulesetError
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sources.announcer import Announcer
from flagd.store import Snapshot
from flagd.sync.publisher.updates import COMPRESSED_BYTES
from flagd.sync.subscriber.election import elect
from flagd.sync.subscriber.freshness import Freshness
from flagd.sync.subscriber.publishers import Publishers
from flagd.sync.subscriber.request import ack, hello, nack
from flagd.sync.update import apply_update, decompress
from flagd.tasks import Tasks, first
from flagd.v1.ruleset_pb2 import Role, Update

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.manifest import Diagnostic
    from flagd.metrics import Metrics
    from flagd.rpc.channel import Credentials
    from flagd.store import Store
    from flagd.sync.subscriber.connection import PublisherConnection, Term
    from flagd.v1.ruleset_pb2 import Oversize, SubscribeRequest, SubscribeResponse

log = logging.getLogger(__name__)
STALE_SECONDS = 30.0
"""Silence after which what is served is called stale: two heartbeats."""
CHECK_SECONDS = 1.0
PEER_SECONDS = 2.0
"""How long a start without anything on disk waits for the operator before it asks peers."""
UPDATE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OperatorSettings:
    """Whom to subscribe to, and as whom.

    Attributes:
        hosts: ``name:port`` of the operator; all addresses of a name are subscribed to.
        name: our own, which the operator knows the pod by.
        credentials: for the connections.
        peers: ``name:port`` of other flagds, asked for their rulesets by a start that has none.
        stale_seconds: silence after which what is served is called stale.
        peer_credentials: for the connections to `peers`; None = `credentials`.
    """

    hosts: Sequence[str]
    name: str
    credentials: Credentials
    peers: Sequence[str] = ()
    stale_seconds: float = STALE_SECONDS
    peer_credentials: Credentials | None = None


class OperatorSource:
    """Keeps a store at what the deciding publisher says."""

    def __init__(
        self, settings: OperatorSettings, store: Store, metrics: Metrics, announcer: Announcer | None = None
    ) -> None:
        self._settings = settings
        self._store = store
        self._metrics = metrics
        self._operators = Publishers(settings.hosts, settings.credentials, self)
        self._peers = Publishers(settings.peers, settings.peer_credentials or settings.credentials, self)
        self._freshness = Freshness(settings.stale_seconds)
        self._announcer = announcer or Announcer()
        self._restored: Mapping[str, Snapshot] = {}
        self._held: dict[str, HashedRuleset] = {}
        self._arriving: dict[str, Snapshot] = {}
        self._leader: PublisherConnection | None = None
        self._vouching: PublisherConnection | None = None
        self._term: Term | None = None
        self._in_touch = True
        self._lock = asyncio.Lock()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Nothing: the operator says what is wrong with manifests."""
        return ()

    @property
    def term(self) -> Term | None:
        """With what right the source of what is served publishes; None = it was not heard yet."""
        return self._term

    @property
    def absence(self) -> str:
        """Why there may be no project."""
        if self._leader is None:
            why = self._operators.trouble
            return f"no operator has been heard at {', '.join(self._settings.hosts)}{f' ({why})' if why else ''}"
        does = "publishes none" if self._store.loaded else "has not sent everything yet"
        return f"the operator at {self._leader.address} {does}"

    def remember(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Take what was served before a restart as what is held."""
        self._restored = snapshots

    async def confirm(self) -> None:
        """Nothing: the operator holds what is gone as by accident, and is told there."""
        log.info("nothing to confirm here: what is gone, the operator decides")

    async def run(self) -> None:
        """Subscribe, follow, judge staleness; until cancelled."""
        restored, self._restored = self._restored, {}
        for name, snapshot in restored.items():
            self._held[name] = await asyncio.to_thread(HashedRuleset.of, snapshot.ruleset)
            self._announcer.remember(self._held[name].ruleset)
        tasks = Tasks()
        tasks.start("operators", self._operators.run, restart=True)
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
        return hello(Role.ROLE_REPLICA, self._settings.name, (one.ruleset for one in self._held.values()))

    async def heard(self, connection: PublisherConnection, response: SubscribeResponse) -> None:
        """Take in one message of one publisher."""
        async with self._lock:
            self._elect()
            listened_to = connection is self._leader
            if listened_to:
                self._term = connection.term
                self._hear(connection)
            match response.WhichOneof("message"):
                case "update" if listened_to:
                    await self._update(connection, response.update.project, response.update.revision, response)
                case "compressed_update" if listened_to:
                    packed = response.compressed_update
                    await self._update(connection, packed.project, packed.revision, response)
                case "removal" if listened_to:
                    self._remove(connection, response.removal.project)
                case "oversize" if listened_to:
                    self._fall_behind(response.oversize)
                case "heartbeat" if listened_to:
                    self._complete(connection)
                case "update":
                    self._pass_over(connection, response.update.project, response.update.revision)
                case "compressed_update":
                    self._pass_over(connection, response.compressed_update.project, response.compressed_update.revision)
                case "removal":
                    self._pass_over(connection, response.removal.project, "")

    async def lost(self, connection: PublisherConnection) -> None:
        """Take in that a publisher is connected no longer."""
        async with self._lock:
            if connection is self._vouching:
                self._vouching = None
            self._elect()

    def _elect(self) -> None:
        leader = elect(self._operators.connections, self._leader) or elect(self._peers.connections, self._leader)
        self._metrics.publishers = sum(connection.term is not None for connection in self._operators.connections)
        if leader is self._leader:
            return
        self._leader = leader
        if leader is None or leader.term is None:
            return
        log.info("publisher %s decides, epoch %d", leader.address, leader.term.epoch)
        if leader.passed_over:
            leader.restart()

    async def _update(
        self, connection: PublisherConnection, project: str, revision: str, response: SubscribeResponse
    ) -> None:
        held = self._held.get(project) or HashedRuleset.empty(project)
        before = self._arriving.get(project) or self._store.snapshots.get(project)
        try:
            hashed, snapshot = (
                take(response, held, before) if _is_quick(response) else await in_turns(take, response, held, before)
            )
        except RulesetError as error:
            self._metrics.updates["refused"] += 1
            self._freshness.fall_behind(project)
            log.error("project %s: revision %s is refused, what is served stays: %s", project, revision, error)
            connection.answer(nack(project, revision, str(error)))
            return
        self._metrics.updates["applied"] += 1
        self._announcer.tell(hashed.ruleset)
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
        """Take down a sign of life of who has vouched for everything on this stream: it still does."""
        if connection is self._vouching and self._is_current(connection):
            self._freshness.hear()

    def _complete(self, connection: PublisherConnection) -> None:
        """Everything has been sent: serve it if it is the first, and take down that it is current."""
        if not self._store.loaded:
            self._store.replace({})
            self._serve(connection, {})
            if not self._store.snapshots:
                log.warning("the operator at %s publishes no project", connection.address)
        if not self._is_current(connection):
            return
        if not self._in_touch:
            log.info("in touch with the operator again")
        self._in_touch = True
        self._vouching = connection
        now, served = time.time(), self._store.snapshots
        self._store.replace({**served, **{name: served[name].at(now) for name in self._freshness.vouch(served)}})

    def _is_current(self, connection: PublisherConnection) -> bool:
        return connection.term is not None and not connection.term.stale and connection in self._operators.connections

    def _remove(self, connection: PublisherConnection, project: str) -> None:
        self._announcer.withdraw(project)
        self._metrics.updates["applied"] += 1
        self._freshness.forget(project)
        self._held.pop(project, None)
        self._arriving.pop(project, None)
        if self._store.loaded:
            self._store.replace({name: one for name, one in self._store.snapshots.items() if name != project})
        self._acknowledge(connection, ack(project, None))

    def _fall_behind(self, told: Oversize) -> None:
        self._metrics.updates["oversize"] += 1
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
        self._metrics.updates["passed over"] += 1
        connection.answer(nack(project, revision, "another publisher decides"))

    def _acknowledge(self, connection: PublisherConnection, request: SubscribeRequest) -> None:
        connection.answer(request)
        for other in self._operators.connections:
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
            log.warning("out of touch with the operator for %g s, what is served stays", self._settings.stale_seconds)

    async def _ask_peers(self) -> None:
        """Take what peers serve if nothing is there to start with, until something is; then wait to be cancelled."""
        await asyncio.sleep(PEER_SECONDS)
        if self._settings.peers and not self._store.loaded:
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


def _is_quick(response: SubscribeResponse) -> bool:
    """Return whether taking an update takes less time than handing it to a thread: a few flags that differ."""
    update = response.update
    whole = not update.base_revision
    return not (whole or update.cohorts or update.removed_cohorts) and update.ByteSize() <= COMPRESSED_BYTES


def take(response: SubscribeResponse, held: HashedRuleset, before: Snapshot | None) -> tuple[HashedRuleset, Snapshot]:
    """Return what an update makes of `held`, and the same ready to answer from. Raises RulesetError."""
    hashed = apply_update(_open(response), held)
    return hashed, Snapshot.make(hashed.ruleset, before, time.time())


def _open(response: SubscribeResponse) -> Update:
    if response.HasField("update"):
        return response.update
    packed = response.compressed_update
    try:
        update = Update.FromString(decompress(packed.gzip, UPDATE_BYTES))
    except DecodeError as error:
        raise RulesetError("the compressed update is no Update") from error
    if (update.project, update.revision) != (packed.project, packed.revision):
        raise RulesetError("the compressed update is one to another revision")
    return update
