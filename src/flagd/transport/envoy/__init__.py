"""Envoy: the process that owns the public port, with the ASGI front inside it.

This is the parent's side; what runs inside is in `flagd.transport.envoy.asgi_lifespan`, which the parent never loads.
"""

from flagd.transport.envoy.availability import missing
from flagd.transport.envoy.server import EnvoyServer
from flagd.transport.envoy.settings import EnvoySettings
from flagd.transport.envoy.tracing import Tracing

__all__ = ["EnvoyServer", "EnvoySettings", "Tracing", "missing"]
