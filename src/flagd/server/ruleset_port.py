"""RulesetPort: the port from which peers, operators and clients that evaluate for themselves get rulesets.

Always on grpc.aio, also where Envoy serves the evaluation port.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from flagd.api.health import Health
from flagd.rpc.instrument import instrument
from flagd.sync.publisher import SERVICE, RulesetService, Settings, Subscribers, TokenAdmission
from flagd.sync.publisher.stored import StoredPublications
from flagd.transport.grpcio import LONG_STREAMS, GrpcioTransport

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from flagd.metrics import Metrics
    from flagd.rpc.capacity import Capacity
    from flagd.server.options import Options
    from flagd.store import Store
    from flagd.sync.subscriber.connection import Term

log = logging.getLogger(__name__)


class Source(Protocol):
    """What the port must know of the source of the store."""

    @property
    def term(self) -> Term | None:
        """With what right the publisher that it follows publishes; None = it follows none."""


class RulesetPort:
    """Serves what a store holds as rulesets, where the options say so."""

    def __init__(self, options: Options, store: Store, source: Source, metrics: Metrics, capacity: Capacity) -> None:
        self.subscribers = Subscribers()
        self._transport: GrpcioTransport | None = None
        if options.ruleset_listen is None:
            return
        publications = StoredPublications(store, lambda: source.term)
        # Where peers must say who they are, nobody gets the same by calling itself a client.
        settings = Settings(clients="required" if options.ruleset_tokens else options.deployment_keys)
        service = RulesetService(publications, self.subscribers, _admission(options), settings)
        methods = instrument([*service.methods(), *Health(store, [SERVICE]).methods()], metrics)
        self._transport = GrpcioTransport(
            methods, options.ruleset_listen, options.tls, options=LONG_STREAMS, capacity=capacity
        )

    async def start(self) -> None:
        """Listen. Raises OSError when the address cannot be had."""
        if self._transport:
            await self._transport.start()
            log.info("ruleset stream on %s", self._transport.address)

    @property
    def listens(self) -> bool:
        """Whether the options say so."""
        return self._transport is not None

    async def run(self) -> None:
        """Return when the server has ended by itself; run again, listen again."""
        if self._transport:
            await self._transport.run()

    async def stop(self) -> None:
        """Listen no more. Subscribers have been sent away when the store was closed."""
        if self._transport:
            await self._transport.drain(0)


def _admission(options: Options) -> TokenAdmission:
    """Return who may have whole rulesets: by token where there are tokens, nobody where only keys open anything."""
    tokens = options.ruleset_tokens
    if tokens is not None:
        return TokenAdmission(lambda: _read(tokens))
    authenticated = options.tls is not None and options.tls.client_ca is not None
    return TokenAdmission(tuple if options.deployment_keys == "required" and not authenticated else None)


def _read(tokens: Path) -> Collection[str]:
    return [token for line in tokens.read_text().splitlines() if (token := line.strip())]
