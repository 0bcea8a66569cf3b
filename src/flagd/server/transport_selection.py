"""Transport selection: which server a run gets: Envoy with the application inside, or the application on grpc.aio."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from flagd.process.log import current_outlet
from flagd.server.options_json import give
from flagd.transport.envoy import EnvoyServer, EnvoySettings, Tracing, missing

if TYPE_CHECKING:
    from flagd.server.options import Options

log = logging.getLogger(__name__)
INSIDE = "flagd.server.asgi_app:app"


class Server(Protocol):
    """An application on a port. Started once, drained once."""

    @property
    def address(self) -> str:
        """``host:port`` of the evaluation services."""

    @property
    def management_address(self) -> str:
        """``host:port`` of the management port."""

    async def start(self) -> None:
        """Listen on both ports. Raises OSError for ports and files."""

    async def fail(self) -> None:
        """Wait until a part that health does not speak of has ended. Raises TaskEndedError then."""

    def kill(self) -> None:
        """End at once what this process has started; from any thread."""

    async def confirm(self) -> None:
        """Believe that what is gone from the source is meant to be gone."""

    async def drain(self, seconds: float) -> None:
        """Say NOT_SERVING, end the streams, let running calls finish for at most `seconds`, then stop."""


def choose(options: Options) -> Server:
    """Return the server that `options` name, or the fastest there is; the log says which and why.

    Raises OSError when Envoy was asked for and cannot run here.
    """
    lacking = missing()
    if options.transport == "envoy" and lacking:
        raise OSError(f"--transport envoy: {lacking}")
    if options.transport == "grpcio" or lacking:
        log.info("transport grpcio%s", f", since {lacking}" if options.transport == "auto" else "")
        if options.trace_to or options.access_log:
            log.warning("there are neither traces nor an access log: only the transport envoy has them")
        # Loaded only here: with Envoy, this process needs neither the application nor grpcio.
        from flagd.server.embedded import EmbeddedServer

        return EmbeddedServer(options)
    log.info("transport envoy")
    outlet = current_outlet()
    settings = EnvoySettings(
        *(INSIDE, give(options), options.listen, options.tls, options.cors_origins),
        tracing=Tracing(options.trace_to, options.trace_percent) if options.trace_to else None,
        access_log=options.access_log,
        log=2 if outlet is None else outlet.descriptor,
        max_heap=options.max_memory,
    )
    return EnvoyServer(settings)
