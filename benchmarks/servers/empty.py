"""The least that a call costs on grpc.aio: a handler that reads nothing and answers with an empty message.

Options as flagd's, no uvloop.
"""

from __future__ import annotations

import asyncio
import sys

import grpc
import grpc.aio

from flagd.transport.grpcio import CONCURRENT_CALLS, OPTIONS

SERVICE, METHOD = "flagd.v1.EvaluationService", "Evaluate"


async def _answer(request: bytes, context: grpc.aio.ServicerContext) -> bytes:  # noqa: ARG001
    return b""


async def _serve(port: int) -> None:
    server = grpc.aio.server(options=OPTIONS, maximum_concurrent_rpcs=CONCURRENT_CALLS)
    handlers = {METHOD: grpc.unary_unary_rpc_method_handler(_answer)}
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, handlers)])
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
