"""The least that a call costs on pyvoy: a handler that reads the message and answers with an empty one.

Envoy's configuration is pyvoy's own, with one thread as flagd's, and the event loop that pyvoy chooses (uvloop).
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING

from pyvoy import PyvoyServer

if TYPE_CHECKING:
    from flagd.transport.asgi.body import Event, Receive, Scope, Send

_START: Event = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/grpc")],
    "trailers": True,
}
_BODY: Event = {"type": "http.response.body", "body": bytes(5), "more_body": False}
_TRAILERS: Event = {"type": "http.response.trailers", "headers": [(b"grpc-status", b"0")]}


async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    """Answer one call (ASGI)."""
    await receive()
    await send(_START)
    await send(_BODY)
    await send(_TRAILERS)


async def _serve(port: int) -> None:
    server = PyvoyServer(
        f"{__spec__.name}:app",
        address="127.0.0.1",
        port=port,
        lifespan=False,
        additional_envoy_args=["--concurrency", "1", "--disable-hot-restart"],
    )
    # Envoy is a child that nobody would end.
    serving = asyncio.current_task()
    assert serving is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    async with server:
        await server.wait()


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_serve(int(sys.argv[1])))
