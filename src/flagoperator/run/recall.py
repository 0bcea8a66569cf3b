"""Recall: asks flagds and other operators what is served, so that a restart knows last good forms of what is broken."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.ruleset import RulesetError
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.subscriber.folding import fold, subject
from flagd.sync.subscriber.publishers import Publishers
from flagd.sync.subscriber.request import ack, hello, nack
from flagd.v1.ruleset_pb2 import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagd.ruleset import Ruleset
    from flagd.sync.subscriber.connection import PublisherConnection
    from flagd.sync.subscriber.publishers import Connect
    from flagd.v1.ruleset_pb2 import SubscribeRequest, SubscribeResponse

log = logging.getLogger(__name__)
AWAY_SECONDS = 5.0
"""How long peers are waited for that refuse: they may be about to start."""
SILENT_SECONDS = 10.0
"""How long peers are waited for that say nothing at all, and names that are not resolved."""
TELLING_SECONDS = 30.0
"""How long peers are waited for that have started to tell: what only one of them knows is lost with it."""
LOOK_SECONDS = 0.1
"""How often it is looked whether a peer refused."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was told.

    Attributes:
        rulesets: by project.
        served: whether callers get that. Else it is what an operator that stands by would publish: it knows last good
            forms, but not for certain what is served.
    """

    rulesets: Mapping[str, Ruleset]
    served: bool

    def over(self, kept: Mapping[str, Ruleset]) -> Recalled:
        """Return this together with what was `kept` on disk: what is served goes before it, all else after it."""
        if self.served:
            return Recalled({**kept, **self.rulesets}, served=True)
        return Recalled({**self.rulesets, **kept}, served=bool(kept))


@dataclass(slots=True)
class _Told:
    """What one peer said.

    Attributes:
        publishing: whether callers get that; an operator that stands by says what it would publish.
        age: epoch and sequence of what it serves.
        held: by project.
        complete: whether that is all.
    """

    publishing: bool = False
    age: tuple[int, int] = (0, 0)
    held: dict[str, HashedRuleset] = field(default_factory=dict)
    complete: bool = False

    @property
    def worth(self) -> tuple[bool, tuple[int, int], int]:
        """What of several counts most has most of; operators that stand by count their own sequences."""
        flags = sum(len(one.ruleset.flags) for one in self.held.values())
        return self.publishing, self.age if self.publishing else (0, 0), flags


async def recall(
    hosts: Sequence[str],
    name: str,
    connect: Connect,
    held: Iterable[HashedRuleset] = (),
    away_seconds: float = AWAY_SECONDS,
) -> Recalled:
    """Return what the flagds and operators at `hosts` (``name:port`` of their ruleset ports) serve, by project.

    Of several that differ, the newest counts, and one that publishes more than operators that stand by. Those that do
    not say everything within some seconds do not count.

    Args:
        hosts: whom to ask.
        name: of who asks.
        connect: makes an endpoint of an address and its name.
        held: what is known already: only its projects are asked for, and only sent where they differ. Empty = all.
        away_seconds: how long a peer is waited for that refuses to connect.
    """
    if not hosts:
        return Recalled({}, served=False)
    listener = _Listener(name, held)
    publishers = Publishers(hosts, connect, listener)
    asking, began = asyncio.create_task(publishers.run(), name="recall"), time.monotonic()
    try:
        while (left := began + listener.patience(publishers.connections, away_seconds) - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, LOOK_SECONDS)):
                    await listener.changed.wait()
            listener.changed.clear()
        if listener.patience(publishers.connections, away_seconds):
            log.info("not every peer said in time what it serves")
    finally:
        asking.cancel()
        (ended,) = await asyncio.gather(asking, return_exceptions=True)
        if isinstance(ended, Exception):
            log.error("what peers serve could not be asked", exc_info=ended)
    return listener.newest()


class _Listener:
    def __init__(self, name: str, held: Iterable[HashedRuleset]) -> None:
        self._name = name
        self._held = {one.ruleset.project: one for one in held}
        self._told: dict[str, _Told] = {}
        self.changed = asyncio.Event()

    def hello(self) -> SubscribeRequest:
        """Say that an operator asks, and for what."""
        request = hello(Role.ROLE_OPERATOR, self._name, (one.ruleset for one in self._held.values()))
        request.hello.projects.extend(self._held)
        return request

    async def heard(self, connection: PublisherConnection, response: SubscribeResponse) -> None:
        """Take in one message of one replica."""
        told = self._told.setdefault(connection.address, _Told(held=dict(self._held)))
        told.publishing, told.age = response.publishing, (response.epoch, response.sequence)
        if response.WhichOneof("message") == "heartbeat":
            told.complete = True
            self.changed.set()
        elif about := subject(response):
            connection.answer(await self._answer(connection.address, told, response, *about))

    async def lost(self, connection: PublisherConnection) -> None:
        """Forget what an earlier stream of a replica said."""
        self._told.pop(connection.address, None)

    def patience(self, connections: Sequence[PublisherConnection], away_seconds: float) -> float:
        """Return for how many seconds from the beginning on the slowest of `connections` is waited for."""
        if not connections:
            return SILENT_SECONDS
        return max(self._patience(each, away_seconds) for each in connections)

    def _patience(self, connection: PublisherConnection, away_seconds: float) -> float:
        if self._told.get(connection.address, _Told()).complete:
            return 0
        if connection.term is not None:
            return TELLING_SECONDS
        return away_seconds if connection.trouble else SILENT_SECONDS

    def newest(self) -> Recalled:
        """Return what the peer says that is furthest."""
        complete = [told for told in self._told.values() if told.complete]
        best = max(complete, key=lambda told: told.worth) if complete else _Told()
        rulesets = {project: one.ruleset for project, one in best.held.items()}
        return Recalled(rulesets, served=best.publishing and bool(rulesets))

    async def _answer(
        self, address: str, told: _Told, response: SubscribeResponse, project: str, revision: str
    ) -> SubscribeRequest:
        """Take in an update or a removal, and return what to answer."""
        if not revision:
            told.held.pop(project, None)
            return ack(project, None)
        try:
            held = await asyncio.to_thread(fold, response, told.held.get(project) or HashedRuleset.empty(project))
        except RulesetError as error:
            log.warning("peer %s: what it serves is not used: %s", address, error)
            return nack(project, revision, str(error))
        told.held[project] = held
        return ack(project, held.ruleset)
