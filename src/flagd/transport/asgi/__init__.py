"""ASGI front: gRPC, Connect and plain HTTP on one port, whatever server is below."""

from flagd.transport.asgi.front import Front

__all__ = ["Front"]
