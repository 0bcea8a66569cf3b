"""A program of toy methods, one per kind of call and per way to fail; runs inside Envoy."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from google.protobuf.wrappers_pb2 import BytesValue, StringValue

from flagd.process import tasks
from flagd.rpc.capacity import Capacity
from flagd.rpc.method import Call, Method
from flagd.rpc.route import EventStream, Request, Response, Route
from flagd.rpc.status import NotFound, Unavailable
from flagd.transport.envoy.asgi_lifespan import AsgiLifespan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from typing import Any


class Toy:
    """Says back what it is told, in every way a service may."""

    management_address = "none"
    capacity = Capacity()

    def __init__(self, options: Mapping[str, Any], _: object) -> None:
        self._name = options.get("name", "toy")
        self._draining = asyncio.Event()
        tasks.RESTARTS = options.get("restarts", tasks.RESTARTS)
        self.cancelled = 0

    @property
    def methods(self) -> Sequence[Method]:
        return [
            Method("/toy.Toy/Echo", StringValue, StringValue, unary=self.echo, idempotent=True),
            Method("/toy.Toy/Bytes", BytesValue, BytesValue, unary=self.bytes),
            Method("/toy.Toy/Metadata", StringValue, StringValue, unary=self.metadata),
            Method("/toy.Toy/Wait", StringValue, StringValue, unary=self.wait),
            Method("/toy.Toy/Missing", StringValue, StringValue, unary=self.missing),
            Method("/toy.Toy/Bug", StringValue, StringValue, unary=self.bug),
            Method("/toy.Toy/Cancelled", StringValue, StringValue, unary=self.count_cancelled),
            Method("/toy.Toy/End", StringValue, StringValue, unary=self.end),
            Method("/toy.Toy/Name", StringValue, StringValue, unary=self.name),
            Method("/toy.Toy/Count", StringValue, StringValue, stream=self.count),
            Method("/toy.Toy/Follow", StringValue, StringValue, stream=self.follow),
            Method("/toy.Toy/Chat", StringValue, StringValue, bidi=self.chat),
        ]

    @property
    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", "/rest/echo", self.rest_echo, body_limit=1000),
            Route("GET", "/rest/items/", self.rest_item),
            Route("GET", "/rest/events", self.rest_events),
        ]

    async def start(self) -> None:
        """Nothing to start."""

    async def confirm(self) -> None:
        pass

    async def drain(self) -> None:
        self._draining.set()

    async def stop(self) -> None:
        """Nothing to stop."""

    async def echo(self, request: StringValue, _: Call) -> StringValue:
        return StringValue(value=request.value)

    async def bytes(self, request: BytesValue, _: Call) -> BytesValue:
        return BytesValue(value=request.value)

    async def name(self, _: StringValue, __: Call) -> StringValue:
        await asyncio.sleep(0.002)
        return StringValue(value=self._name)

    async def metadata(self, request: StringValue, call: Call) -> StringValue:
        return StringValue(value=call.metadata.get(request.value, f"none of {len(call.metadata)}"))

    async def wait(self, request: StringValue, _: Call) -> StringValue:
        try:
            await asyncio.sleep(float(request.value))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return StringValue(value="waited")

    async def count_cancelled(self, _: StringValue, __: Call) -> StringValue:
        return StringValue(value=str(self.cancelled))

    async def end(self, request: StringValue, _: Call) -> StringValue:
        """End the part of that name, and say how many there were."""
        named = [task for task in asyncio.all_tasks() if task.get_name() == request.value]
        for task in named:
            task.cancel()
        return StringValue(value=str(len(named)))

    async def missing(self, _: StringValue, __: Call) -> StringValue:
        raise NotFound("nothing called 100 % “that”")

    async def bug(self, _: StringValue, __: Call) -> StringValue:
        raise ValueError("a secret")

    async def count(self, request: StringValue, _: Call) -> AsyncIterator[StringValue]:
        for number in range(int(request.value)):
            yield StringValue(value=str(number))

    async def follow(self, _: StringValue, __: Call) -> AsyncIterator[StringValue]:
        yield StringValue(value="ready")
        try:
            await self._draining.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        raise Unavailable("draining")

    async def chat(self, requests: AsyncIterator[StringValue], _: Call) -> AsyncIterator[StringValue]:
        async for request in requests:
            if request.value == "bug":
                raise ValueError("a secret")
            yield StringValue(value=request.value.upper())

    async def rest_echo(self, request: Request) -> Response:
        return Response(200, request.body, "text/plain", {"x-query": request.query})

    async def rest_item(self, request: Request) -> Response:
        if request.tail == "none":
            raise NotFound("no such item")
        return Response(200, request.tail.encode(), "text/plain")

    async def rest_events(self, _: Request) -> EventStream:
        async def events() -> AsyncIterator[bytes]:
            for number in range(3):
                yield b"data: %d\n\n" % number

        return EventStream(events())


app = AsgiLifespan(Toy)
