"""Grpcio: methods on grpc.aio. The transport for embedding, and where Envoy's wheels do not exist."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
import grpc.aio

from flagd.process.port.listening import check_free
from flagd.rpc.capacity import Capacity
from flagd.rpc.limits import MESSAGE_BYTES
from flagd.rpc.method import Call
from flagd.rpc.status import RpcError, Unavailable
from flagd.transport.descriptors import connections, raise_limit
from flagd.transport.message import read_message
from flagd.transport.tls import server_credentials

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence

    from google.protobuf.message import Message

    from flagd.rpc.capacity import Hold
    from flagd.rpc.method import BidiHandler, Method, Reply, StreamHandler, UnaryHandler
    from flagd.rpc.transport import TlsFiles

CONCURRENT_CALLS = 4000
"""Most calls at a time, open streams included; more are refused with RESOURCE_EXHAUSTED."""
FAREWELL_SECONDS = 1.0
"""While draining: how long callers are still answered, so that those who watch health go elsewhere."""
TERMINATION_SECONDS = 3600.0
QUIET_SECONDS = 0.5
"""While draining: longest time for calls to stop coming."""
OPTIONS: list[tuple[str, int]] = [
    # A second process on the port must fail to start, not take half of the connections.
    ("grpc.so_reuseport", 0),
    ("grpc.max_concurrent_streams", 256),
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    ("grpc.max_send_message_length", 144 * 1024 * 1024),
    ("grpc.max_metadata_size", 8 * 1024),
    ("grpc.absolute_max_metadata_size", 16 * 1024),
    # Pings find peers that are gone.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 2),
    # Clients come back and are spread again, and old certificates go out of use.
    ("grpc.max_connection_age_ms", 300_000),
    ("grpc.max_connection_age_grace_ms", 30_000),
    # A peer that never finishes its handshake holds a socket for this long.
    ("grpc.server_handshake_timeout_ms", 5_000),
]
LONG_STREAMS: list[tuple[str, int]] = [
    # A stream that is cut is resumed within a second, but a change in that second is late.
    ("grpc.max_connection_age_ms", 3_600_000),
    # On a slow link the answer to a ping waits behind a ruleset. Both sides judge silence themselves, and the kernel
    # notices lost packets after the timeout of keepalive (TCP_USER_TIMEOUT).
    ("grpc.http2.ping_timeout_ms", 300_000),
]
"""Options for a port of streams that live long."""
CODES = {code.value[0]: code for code in grpc.StatusCode}


class GrpcioTransport:
    """Serves methods on grpc.aio, in the running event loop."""

    def __init__(
        self,
        methods: Sequence[Method],
        address: str,
        tls: TlsFiles | None = None,
        *,
        options: Sequence[tuple[str, int]] = (),
        capacity: Capacity | None = None,
    ) -> None:
        """Serve `methods` on `address` (``host:port``; port 0 = any free one); `options` go before our own.

        Calls hold no more than `capacity`.
        """
        self._door = _Door(capacity or Capacity())
        self._options = [*(dict(OPTIONS) | dict(options)).items()]
        self._methods = methods
        self._address = address
        self._tls = tls
        self._server: grpc.aio.Server | None = None

    @property
    def address(self) -> str:
        """``host:port`` that is listened on."""
        return self._address

    async def start(self) -> None:
        """Listen. Raises OSError when the address cannot be had."""
        raise_limit()
        options = [("grpc.max_allowed_incoming_connections", connections()), *self._options]
        server = grpc.aio.server(options=options, maximum_concurrent_rpcs=CONCURRENT_CALLS)
        server.add_generic_rpc_handlers(_handlers(self._methods, self._door))
        try:
            if self._tls:
                port = server.add_secure_port(self._address, server_credentials(self._tls))
            else:
                port = server.add_insecure_port(self._address)
        except RuntimeError as error:
            check_free(self._address)  # gRPC does not say why
            raise OSError(f"cannot listen on {self._address}") from error
        self._address = f"{self._address.rpartition(':')[0]}:{port}"
        await server.start()
        self._server = server

    async def run(self) -> None:
        """Return when the server has ended by itself, or raise why; run again, listen on the same address again first.

        Raises OSError when the address cannot be had.
        """
        if self._server is None:
            await self.start()
        assert self._server is not None  # noqa: S101 - set by start
        try:
            # Without a time-out, to cancel this would cancel what `stop` waits for.
            while await self._server.wait_for_termination(TERMINATION_SECONDS):
                continue
        except Exception:
            self._server = None
            raise
        self._server = None

    async def drain(self, seconds: float) -> None:
        """Serve a little longer, refuse new calls, let running ones finish for at most `seconds`, then close.

        The farewell is for clients that watch health, to go elsewhere. Then calls are refused one by one until
        none comes: what waits inside gRPC when a server stops ends as CANCELLED, which no client tries again.
        """
        if not self._server:
            return
        until = time.monotonic() + seconds
        await asyncio.sleep(min(FAREWELL_SECONDS, seconds / 2))
        await self._door.close(min(QUIET_SECONDS, seconds / 4))
        await self._server.stop(max(0.0, until - time.monotonic()))


class _Door:
    """Lets calls in where there is room, until it is closed."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._closed = False
        self._refused = 0

    @contextlib.contextmanager
    def admit(self, context: grpc.aio.ServicerContext) -> Iterator[Hold]:
        """Yield what a call holds while it runs. Raises Unavailable when closed, and Overloaded."""
        if self._closed:
            self._refused += 1
            raise Unavailable("the server is draining; try again")
        hold = self._capacity.open(context.peer())
        try:
            yield hold
        finally:
            hold.close()

    async def close(self, seconds: float) -> None:
        """Refuse calls from now on; return when none came for a while, after `seconds` at most."""
        self._closed = True
        until, refused = time.monotonic() + seconds, -1
        while refused != self._refused and time.monotonic() < until:
            refused = self._refused
            await asyncio.sleep(QUIET_SECONDS / 10)


def _handlers(methods: Sequence[Method], door: _Door) -> list[grpc.GenericRpcHandler]:
    services: dict[str, dict[str, grpc.RpcMethodHandler]] = defaultdict(dict)
    for method in methods:
        _, service, name = method.path.split("/")
        services[service][name] = _handler(method, door)
    return [grpc.method_handlers_generic_handler(service, handlers) for service, handlers in services.items()]


def _handler(method: Method, door: _Door) -> grpc.RpcMethodHandler:
    if method.unary:
        return grpc.unary_unary_rpc_method_handler(_unary(method, method.unary, door))
    if method.stream:
        return grpc.unary_stream_rpc_method_handler(_stream(method, method.stream, door))
    if method.bidi:
        return grpc.stream_stream_rpc_method_handler(_bidi(method, method.bidi, door))
    raise ValueError(f"{method.path} has no handler")


def _unary(method: Method, handler: UnaryHandler, door: _Door) -> Callable[..., Awaitable[bytes]]:
    async def serve(data: bytes, context: grpc.aio.ServicerContext) -> bytes:
        try:
            with door.admit(context) as hold:
                hold.received(len(data))
                call = _call(context)
                method.admit(call)
                return _encode(await handler(await read_message(data, method.request), call))
        except RpcError as error:
            refusal = error
        del data
        return await _refuse(context, refusal)

    return serve


def _stream(method: Method, handler: StreamHandler, door: _Door) -> Callable[..., AsyncIterator[bytes]]:
    async def serve(data: bytes, context: grpc.aio.ServicerContext) -> AsyncIterator[bytes]:
        try:
            with door.admit(context) as hold:
                hold.received(len(data))
                call = _call(context)
                method.admit(call)
                async for part in _held(_parts(handler(await read_message(data, method.request), call)), hold):
                    yield part
            return
        except RpcError as error:
            refusal = error
        del data
        await _refuse(context, refusal)

    return serve


def _bidi(method: Method, handler: BidiHandler, door: _Door) -> Callable[..., AsyncIterator[bytes]]:
    async def messages(stream: AsyncIterator[bytes]) -> AsyncIterator[Message]:
        async for data in stream:
            yield await read_message(data, method.request)

    async def serve(stream: AsyncIterator[bytes], context: grpc.aio.ServicerContext) -> AsyncIterator[bytes]:
        try:
            with door.admit(context):
                call = _call(context)
                method.admit(call)
                async with contextlib.aclosing(_parts(handler(messages(stream), call))) as parts:
                    async for part in parts:
                        yield part
            return
        except RpcError as error:
            refusal = error
        await _refuse(context, refusal)

    return serve


async def _parts(replies: AsyncIterator[Reply]) -> AsyncGenerator[bytes]:
    async with contextlib.aclosing(replies):  # type: ignore[type-var]
        async for reply in replies:
            yield _encode(reply)


async def _held(parts: AsyncGenerator[bytes], hold: Hold) -> AsyncIterator[bytes]:
    """Yield `parts`; each is held until the caller has taken it."""
    async with contextlib.aclosing(parts):
        async for part in parts:
            hold.add(len(part))
            yield part
            hold.drop(len(part))


async def _refuse(context: grpc.aio.ServicerContext, refusal: RpcError) -> NoReturn:
    """End the call with `refusal`.

    The call keeps what `abort` raises, and that its frames, in a cycle: callers let go of the request first,
    or many large ones that are refused would be in memory until the collector comes by.
    """
    code, message = CODES[refusal.status], refusal.message
    refusal.__traceback__ = None
    await context.abort(code, message)
    raise AssertionError("abort raises")


def _call(context: grpc.aio.ServicerContext) -> Call:
    return Call(_Metadata(context), context.time_remaining())


class _Metadata(Mapping[str, str]):
    """Headers of one call, read when somebody asks: most calls ask for one. Binary ones are left out."""

    __slots__ = ("_context",)

    def __init__(self, context: grpc.aio.ServicerContext) -> None:
        self._context = context

    def __getitem__(self, name: str) -> str:
        found: str | None = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """Return the header, or `default`. Mapping's own way is by an exception, which costs."""
        found = default
        for key, value in self._context.invocation_metadata():
            if key == name and isinstance(value, str):
                found = value
        return found

    def __iter__(self) -> Iterator[str]:
        return (key for key, value in self._context.invocation_metadata() if isinstance(value, str))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _encode(reply: Reply) -> bytes:
    return reply if isinstance(reply, bytes) else reply.SerializeToString()
