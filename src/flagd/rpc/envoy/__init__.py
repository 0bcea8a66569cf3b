"""Envoy: the process that owns the public port, with the ASGI front inside it.

``EnvoyServer`` runs in the parent, ``Guest`` inside Envoy.
"""

from flagd.rpc.envoy.availability import missing
from flagd.rpc.envoy.guest import Guest, Program
from flagd.rpc.envoy.server import EnvoyServer, EnvoySettings

__all__ = ["EnvoyServer", "EnvoySettings", "Guest", "Program", "missing"]
