"""Operator: the source of a flagd that serves what an operator publishes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flagd.process.announcer import Announcer
from flagd.sources.admitted import admitted
from flagd.sync.subscriber.settings import STALE_SECONDS, Hosts, Settings
from flagd.sync.subscriber.subscriber import Subscriber
from flagd.v1.ruleset_pb2 import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.manifest import Diagnostic
    from flagd.metrics import Metrics
    from flagd.sampling import Samples
    from flagd.snapshot import Snapshot
    from flagd.store import Store
    from flagd.sync.subscriber.connection import Term
    from flagd.transport.channel import Credentials

log = logging.getLogger(__name__)


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
    """Keeps a store at what the deciding replica of the operator says."""

    def __init__(
        self,
        settings: OperatorSettings,
        store: Store,
        metrics: Metrics,
        announcer: Announcer | None = None,
        samples: Samples | None = None,
    ) -> None:
        """Write to `store` and count in `metrics`; the operator is told of `samples`."""
        self._settings = settings
        self._store = store
        following = Settings(
            role=Role.ROLE_REPLICA,
            name=settings.name,
            publishers=Hosts(settings.hosts, settings.credentials.connect),
            peers=Hosts(settings.peers, (settings.peer_credentials or settings.credentials).connect),
            stale_seconds=settings.stale_seconds,
            count=partial(admitted, metrics),
            sample=None if samples is None else samples.report,
        )
        self._subscriber = Subscriber(following, store, announcer or Announcer(), metrics)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Nothing: the operator says what is wrong with manifests."""
        return ()

    @property
    def term(self) -> Term | None:
        """With what right the source of what is served publishes; None = it was not heard yet."""
        return self._subscriber.term

    @property
    def absence(self) -> str:
        """Why there may be no project."""
        leader, why = self._subscriber.leader, self._subscriber.trouble
        if not leader:
            return f"no operator has answered at {', '.join(self._settings.hosts)}{f' ({why})' if why else ''}"
        does = "publishes none" if self._store.loaded else "has not sent everything yet"
        return f"the operator at {leader} {does}"

    def remember(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Take what was served before a restart as what is held."""
        self._subscriber.remember(snapshots)

    async def confirm(self) -> None:
        """Nothing: the operator holds what seems to be gone by accident, and is where to confirm it."""
        log.info("nothing to confirm here: the operator decides what was deleted")

    async def run(self) -> None:
        """Subscribe, follow, judge staleness; until cancelled."""
        await self._subscriber.run()
