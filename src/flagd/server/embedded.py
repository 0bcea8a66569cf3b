"""Embedded: the application and its transport in this process and event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.process.tasks import Tasks
from flagd.server.application import Application
from flagd.transport.grpcio import GrpcioTransport

if TYPE_CHECKING:
    from flagd.server.options import Options


class EmbeddedServer:
    """Serves the methods of an application on grpc.aio."""

    def __init__(self, options: Options) -> None:
        self._application = Application(options)
        self._tasks = Tasks()
        self._transport = GrpcioTransport(
            self._application.methods, options.listen, options.tls, capacity=self._application.capacity
        )

    @property
    def address(self) -> str:
        """``host:port`` of the evaluation services."""
        return self._transport.address

    @property
    def management_address(self) -> str:
        """``host:port`` of the management port."""
        return self._application.management_address

    async def start(self) -> None:
        """Listen on both ports. Raises OSError for ports and files."""
        await self._application.start()
        try:
            await self._transport.start()
        except BaseException:
            await self._application.stop()
            raise
        self._tasks.start("evaluation port", self._transport.run, restart=True)

    async def fail(self) -> None:
        """Wait until the port for callers has ended for good. Raises TaskEndedError then."""
        await self._tasks.fail()

    def kill(self) -> None:
        """Nothing: there is no other process."""

    async def confirm(self) -> None:
        """Believe that what is gone from the source is meant to be gone."""
        await self._application.confirm()

    async def drain(self, seconds: float) -> None:
        """Say NOT_SERVING, end the streams, let running calls finish for at most `seconds`, then stop."""
        try:
            await self._application.drain()
            await self._tasks.stop()
            await self._transport.drain(seconds)
        finally:
            await self._application.stop()
