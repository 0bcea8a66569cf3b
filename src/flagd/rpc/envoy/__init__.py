"""Envoy: the process that owns the public port, with the ASGI front inside it."""
