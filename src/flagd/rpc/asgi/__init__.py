"""ASGI front: gRPC, Connect and plain HTTP on one port, whatever server is below."""

from flagd.rpc.asgi.front import Front

__all__ = ["Front"]
