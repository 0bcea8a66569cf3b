"""Channel: a connection to another of our servers, from grpc.aio. The one place where clients meet grpc."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import grpc
import grpc.aio

from flagd.process.token_file import read_token
from flagd.rpc.call_failed import CallFailed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path

    from google.protobuf.message import Message

OPTIONS: list[tuple[str, int | str]] = [
    # Of its own: a connection that hangs must not be found again by the next attempt.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.min_reconnect_backoff_ms", 5_000),
    ("grpc.max_receive_message_length", 272 * 1024 * 1024),  # the largest update, and what is around it
    # Pings find servers that are gone; ours allow one every 10 s.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # On a slow link the answer to a ping waits behind a ruleset. Both sides judge silence themselves, and the kernel
    # notices lost packets after the timeout of keepalive (TCP_USER_TIMEOUT).
    ("grpc.http2.ping_timeout_ms", 300_000),
    # Nothing of an HTTP proxy between us.
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
]


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to prove who we are and to whom. Files are read at every connection, since they may be renewed.

    Attributes:
        ca: PEM file with the CA certificates that the server's must be signed by; None = plaintext.
        certificate: PEM file with our own certificate chain; None = we show none.
        key: PEM file with its private key.
        token: file with a token to show as ``authorization: Bearer``; None = none is shown.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    token: Path | None = None

    def metadata(self) -> list[tuple[str, str]]:
        """Return the headers to send. Raises OSError when the token cannot be read."""
        return [("authorization", f"Bearer {read_token(self.token)}")] if self.token else []

    def channel(self, address: str, host: str) -> grpc.aio.Channel:
        """Return a channel to `address` (``ip:port``) that expects the certificate of `host`. Raises OSError."""
        target = f"ipv6:{address}" if address.startswith("[") else f"ipv4:{address}"
        if self.ca is None:
            return grpc.aio.insecure_channel(target, options=OPTIONS)
        credentials = grpc.ssl_channel_credentials(
            self.ca.read_bytes(),
            self.key.read_bytes() if self.key else None,
            self.certificate.read_bytes() if self.certificate else None,
        )
        options = [*OPTIONS, ("grpc.ssl_target_name_override", host), ("grpc.default_authority", host)]
        return grpc.aio.secure_channel(target, credentials, options=options)

    def connect(self, address: str, host: str) -> Endpoint:
        """Return the server at `address` (``ip:port``) that has a certificate for `host`."""
        return Endpoint(address, host, self)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server.

    Attributes:
        address: ``ip:port``, IPv6 in brackets.
        host: the name that its certificate must be for.
        credentials: how to prove who we are.
    """

    address: str
    host: str
    credentials: Credentials

    @asynccontextmanager
    async def converse(
        self, path: str, requests: AsyncGenerator[Message], response: type[Message]
    ) -> AsyncIterator[AsyncIterator[Message]]:
        """Open a bidirectional stream on a connection of its own, and close both at the end.

        Raises:
            OSError: a file cannot be read.
            CallFailed: the call ended with an error; also raised by the iterator given.
        """
        metadata = self.credentials.metadata()
        async with self.credentials.channel(self.address, self.host) as channel:
            method = channel.stream_stream(
                path,
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=response.FromString,
            )
            # Generators that nobody closes are closed by the event loop some time, perhaps while they run.
            call = method(metadata=metadata)
            responses = aiter(call)
            sending = asyncio.create_task(_send(requests, call), name=f"requests to {self.address}")
            try:
                yield _Received(responses)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
                call.cancel()
                await responses.aclose()


async def _send(requests: AsyncGenerator[Message], call: grpc.aio.StreamStreamCall) -> None:
    """Send `requests` until the call ends; the receiving side gets the reason."""
    async with contextlib.aclosing(requests):
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            async for request in requests:
                await call.write(request)


class _Received:
    """The messages of a call. Raises CallFailed where it fails."""

    def __init__(self, messages: AsyncIterator[Message]) -> None:
        self._messages = messages

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        try:
            return await anext(self._messages)
        except grpc.aio.AioRpcError as error:
            raise CallFailed(f"{error.code().name}: {error.details()}") from None
