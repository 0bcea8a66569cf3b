"""Envoy: the process that owns the public port, with the ASGI front inside it.

This is the parent's side; what runs inside is in `flagd.rpc.envoy.guest`, which the parent never loads.
"""

from flagd.rpc.envoy.availability import missing
from flagd.rpc.envoy.server import EnvoyServer
from flagd.rpc.envoy.settings import EnvoySettings

__all__ = ["EnvoyServer", "EnvoySettings", "missing"]
