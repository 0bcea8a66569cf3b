"""Recall: asks the replicas what they serve, so that a restart knows the last good form of what is broken now."""

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


@dataclass(slots=True)
class _Told:
    """What one replica said.

    Attributes:
        age: epoch and sequence of what it serves.
        held: by project.
        complete: whether that is all.
    """

    age: tuple[int, int] = (0, 0)
    held: dict[str, HashedRuleset] = field(default_factory=dict)
    complete: bool = False


async def recall(hosts: Sequence[str], name: str, connect: Connect) -> Mapping[str, Ruleset]:
    """Return what the flagds at `hosts` (``name:port`` of their ruleset ports) serve, by project.

    Of several that differ, the newest counts. Those that do not answer within a few seconds do not.
    """
    if not hosts:
        return {}
    listener = _Listener(name)
    publishers = Publishers(hosts, connect, listener)
    asking = asyncio.create_task(publishers.run(), name="recall")
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            while not listener.satisfied(publishers.connections):
                await listener.changed.wait()
                listener.changed.clear()
    except TimeoutError:
        log.info("not every replica said in time what it serves")
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
        told.age = (response.epoch, response.sequence)
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

    def newest(self) -> Mapping[str, Ruleset]:
        """Return what the replica serves that is furthest."""
        complete = [told for told in self._told.values() if told.complete]
        held = max(complete, key=lambda told: told.age).held if complete else {}
        return {project: one.ruleset for project, one in held.items()}

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
            log.warning("replica %s: what it serves is not used: %s", address, error)
            return nack(project, revision, str(error))
        told.held[project] = held
        return ack(project, held.ruleset)
