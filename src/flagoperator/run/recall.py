"""Recall: asks the replicas what they serve, so that a restart knows the last good form of what is broken now."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from flagd.ruleset import RulesetError
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.subscriber.publishers import Publishers
from flagd.sync.update import apply_update, decompress
from flagd.v1.ruleset_pb2 import Ack, Hello, Role, SubscribeRequest, Update

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.rpc.channel import Credentials
    from flagd.ruleset import Ruleset
    from flagd.sync.subscriber.connection import PublisherConnection
    from flagd.v1.ruleset_pb2 import SubscribeResponse

log = logging.getLogger(__name__)
LONGEST_SECONDS = 5.0
"""How long replicas are waited for."""
UPDATE_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class _Told:
    """What one replica said.

    Attributes:
        age: epoch and sequence of what it serves.
        rulesets: by project.
        complete: whether that is all.
    """

    age: tuple[int, int] = (0, 0)
    rulesets: dict[str, Ruleset] = field(default_factory=dict)
    complete: bool = False


async def recall(hosts: Sequence[str], name: str, credentials: Credentials) -> Mapping[str, Ruleset]:
    """Return what the flagds at `hosts` (``name:port`` of their ruleset ports) serve, by project.

    Of several that differ, the newest counts. Those that do not answer within a few seconds do not.
    """
    if not hosts:
        return {}
    listener = _Listener(name)
    publishers = Publishers(hosts, credentials, listener)
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
        return SubscribeRequest(hello=Hello(role=Role.ROLE_OPERATOR, name=self._name))

    async def heard(self, connection: PublisherConnection, response: SubscribeResponse) -> None:
        """Take in one message of one replica."""
        told = self._told.setdefault(connection.address, _Told())
        told.age = (response.epoch, response.sequence)
        if response.WhichOneof("message") == "heartbeat":
            told.complete = True
            self.changed.set()
        elif response.WhichOneof("message") in ("update", "compressed_update"):
            await self._update(connection, told, response)

    async def lost(self, connection: PublisherConnection) -> None:
        """Forget what an earlier stream of a replica said."""
        self._told.pop(connection.address, None)

    def satisfied(self, connections: Sequence[PublisherConnection]) -> bool:
        """Return whether everybody who was asked has said everything."""
        return bool(connections) and all(self._told.get(each.address, _Told()).complete for each in connections)

    def newest(self) -> Mapping[str, Ruleset]:
        """Return what the replica serves that is furthest."""
        complete = [told for told in self._told.values() if told.complete]
        return max(complete, key=lambda told: told.age).rulesets if complete else {}

    async def _update(self, connection: PublisherConnection, told: _Told, response: SubscribeResponse) -> None:
        try:
            edition = await asyncio.to_thread(_read, response)
        except (RulesetError, DecodeError) as error:
            log.warning("replica %s: what it serves is not used: %s", connection.address, error)
            return
        ruleset = edition.ruleset
        told.rulesets[ruleset.project] = ruleset
        ack = Ack(project=ruleset.project, revision=ruleset.revision, flags=len(ruleset.flags))
        connection.answer(SubscribeRequest(ack=ack))


def _read(response: SubscribeResponse) -> HashedRuleset:
    if response.HasField("update"):
        update = response.update
    else:
        update = Update.FromString(decompress(response.compressed_update.gzip, UPDATE_BYTES))
    return apply_update(update, HashedRuleset.empty(update.project))
