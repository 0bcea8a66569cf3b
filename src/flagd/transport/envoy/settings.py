"""Settings: everything that can be set about one EnvoyServer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.transport.envoy.bootstrap import MAX_HEAP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.rpc.transport import TlsFiles
    from flagd.transport.envoy.tracing import Tracing


@dataclass(frozen=True, slots=True)
class EnvoySettings:
    """What an EnvoyServer is to run.

    Attributes:
        app: ASGI application, ``module:attribute``: a AsgiLifespan.
        options: handed over to it; JSON types only.
        listen: ``host:port``; port 0 = any free one.
        tls: PEM files of the port; None = plaintext.
        cors_origins: web origins that browsers may call from; ``*`` = all.
        tracing: where spans of calls go; None = there are none.
        access_log: file for a line for each call, ``-`` = standard output; None = there is none.
        log: file descriptor that the app logs to.
        max_heap: bytes of Envoy's heap, the app's included, at which it protects itself.
    """

    app: str
    options: Mapping[str, Any]
    listen: str
    tls: TlsFiles | None = None
    cors_origins: tuple[str, ...] = ()
    tracing: Tracing | None = None
    access_log: str | None = None
    log: int = 2
    max_heap: int = MAX_HEAP
