"""Recall: asks flagds and other operators what is served, so that a restart knows last good forms of what is broken."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.ruleset import RulesetError
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.subscriber.folding import fold, subject
from flagd.sync.subscriber.publishers import Publishers
from flagd.sync.subscriber.request import ack, hello, nack
from flagd.v1.ruleset_pb2 import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.ruleset import Ruleset
    from flagd.sync.subscriber.connection import PublisherConnection
    from flagd.sync.subscriber.publishers import Connect
    from flagd.v1.ruleset_pb2 import SubscribeRequest, SubscribeResponse

log = logging.getLogger(__name__)
LONGEST_SECONDS = 5.0
"""How long replicas are waited for."""


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


async def recall(hosts: Sequence[str], name: str, connect: Connect) -> Recalled:
    """Return what the flagds and operators at `hosts` (``name:port`` of their ruleset ports) serve, by project.

    Of several that differ, the newest counts, and one that publishes more than operators that stand by. Those that do
    not answer within a few seconds do not count.
    """
    if not hosts:
        return Recalled({}, served=False)
    listener = _Listener(name)
    publishers = Publishers(hosts, connect, listener)
    asking = asyncio.create_task(publishers.run(), name="recall")
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            while not listener.satisfied(publishers.connections):
                await listener.changed.wait()
                listener.changed.clear()
    except TimeoutError:
        log.info("not every peer said in time what it serves")
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    return listener.newest()


class _Listener:
    def __init__(self, name: str) -> None:
        self._name = name
        self._told: dict[str, _Told] = {}
        self.changed = asyncio.Event()

    def hello(self) -> SubscribeRequest:
        """Say that an operator asks."""
        return hello(Role.ROLE_OPERATOR, self._name, ())

    async def heard(self, connection: PublisherConnection, response: SubscribeResponse) -> None:
        """Take in one message of one replica."""
        told = self._told.setdefault(connection.address, _Told())
        told.publishing, told.age = response.publishing, (response.epoch, response.sequence)
        if response.WhichOneof("message") == "heartbeat":
            told.complete = True
            self.changed.set()
        elif about := subject(response):
            connection.answer(await self._answer(connection.address, told, response, *about))

    async def lost(self, connection: PublisherConnection) -> None:
        """Forget what an earlier stream of a replica said."""
        self._told.pop(connection.address, None)

    def satisfied(self, connections: Sequence[PublisherConnection]) -> bool:
        """Return whether everybody who was asked has said everything."""
        return bool(connections) and all(self._told.get(each.address, _Told()).complete for each in connections)

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
