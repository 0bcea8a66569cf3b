"""PublisherConnection: a subscriber's stream to one publisher: opened, listened to, opened again when it breaks."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from flagd.rpc.call_failed import CallFailed
from flagd.sync.limits import RECONNECT, SUBSCRIBE
from flagd.v1.ruleset_pb2 import Heartbeat, SubscribeRequest, SubscribeResponse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from google.protobuf.message import Message

log = logging.getLogger(__name__)
SILENCE_SECONDS = 40.0
"""Silence after which a stream is given up; publishers speak every 15 s."""
MOST_SILENCE_SECONDS = 320.0
"""The same for a stream that follows others given up: perhaps the link is slow and the ruleset large."""
MOST_EPOCH = 2**32
"""Highest epoch that is believed: a counted one never gets there, and nobody could outbid a higher one."""
_ECHO = SubscribeRequest(heartbeat=Heartbeat())


@dataclass(frozen=True, slots=True)
class Term:
    """With what right a publisher publishes, as it said last.

    Attributes:
        publishing: whether it decides.
        epoch: number of its lease.
        sequence: of its publication.
        stale: whether it has lost touch with its own source.
    """

    publishing: bool
    epoch: int
    sequence: int
    stale: bool


class Endpoint(Protocol):
    """One publisher, as whatever carries the stream gives it: `flagd.transport.channel` does over gRPC."""

    @property
    def address(self) -> str:
        """``ip:port``, IPv6 in brackets."""

    def converse(
        self, path: str, requests: AsyncGenerator[Message], response: type[Message]
    ) -> AbstractAsyncContextManager[AsyncIterator[Message]]:
        """Open a bidirectional stream, and close it at the end; it and its messages raise CallFailed and OSError."""


class Listener(Protocol):
    """What is done with what publishers say."""

    def hello(self) -> SubscribeRequest:
        """Return the hello to open a stream with."""

    async def heard(self, connection: PublisherConnection, response: SubscribeResponse) -> None:
        """Take in a message; `connection.term` is what it said of itself."""

    async def lost(self, connection: PublisherConnection) -> None:
        """Take in that the stream has broken; `connection.term` is None."""


class PublisherConnection:
    """One publisher, for as long as `run` runs."""

    def __init__(self, endpoint: Endpoint, listener: Listener) -> None:
        self.endpoint = endpoint
        self.term: Term | None = None
        self.passed_over = False
        """Whether something of this stream was refused because another publisher decided."""
        self.told: dict[int, int] = {}
        """How many users of each sample it was told of on this stream."""
        self._listener = listener
        self._outbox = _Outbox()
        self._again = asyncio.Event()
        self._longest_silence = SILENCE_SECONDS
        self._reason = ""

    @property
    def address(self) -> str:
        """``ip:port`` of the publisher."""
        return self.endpoint.address

    @property
    def trouble(self) -> str:
        """Why there is no stream; empty while there is one, and before the first attempt has ended."""
        return "" if self.term is not None else self._reason

    def answer(self, request: SubscribeRequest) -> None:
        """Send an Ack or Nack for what this publisher sent."""
        self._outbox.answer(request)

    def tell(self, request: SubscribeRequest) -> None:
        """Send an Ack of what another publisher sent; nothing if there is no stream, as the next hello says it."""
        self._outbox.tell(request)

    def echo(self, request: SubscribeRequest) -> None:
        """Have the heartbeat that was just heard answered by `request`."""
        self._outbox.echo(request)

    def restart(self) -> None:
        """Break the stream and open another at once, with a new hello."""
        self._again.set()

    async def run(self) -> None:
        """Keep a stream open until cancelled, with full jitter between attempts."""
        failures = 0
        while True:
            heard = await self._attempt()
            if self._again.is_set():
                continue
            failures = 1 if heard else failures + 1
            await asyncio.sleep(RECONNECT.spread(failures))

    async def _attempt(self) -> bool:
        """Keep one stream as long as it lives, and return whether anything came of it."""
        self._outbox = _Outbox()
        self._again.clear()
        self.passed_over = False
        self.told = {}
        stream = asyncio.create_task(self._stream(self._outbox), name=f"stream {self.address}")
        again = asyncio.create_task(self._again.wait(), name=f"restart {self.address}")
        try:
            await asyncio.wait({stream, again}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            again.cancel()
            stream.cancel()
            await asyncio.gather(stream, again, return_exceptions=True)
        reason = _reason(stream)
        heard = self.term is not None
        self.term = None
        if heard:
            await self._listener.lost(self)
        if reason:
            # One reason after another must be seen: who was not there at first may refuse us next.
            level = logging.DEBUG if not heard and reason == self._reason else logging.WARNING
            log.log(level, "publisher %s: %s", self.address, reason)
            self._reason = reason
        return heard

    async def _stream(self, outbox: _Outbox) -> None:
        requests = outbox.requests(self._listener.hello())
        async with self.endpoint.converse(SUBSCRIBE, requests, SubscribeResponse) as responses:
            while message := await self._next(responses):
                response = cast("SubscribeResponse", message)
                if response.epoch > MOST_EPOCH:
                    raise CallFailed(f"says that its epoch is {response.epoch}; at most {MOST_EPOCH} is believed")
                if self.term is None:
                    log.info("publisher %s: connected", self.address)
                self.term = Term(response.publishing, response.epoch, response.sequence, response.stale)
                await self._listener.heard(self, response)
                if response.WhichOneof("message") == "heartbeat":
                    outbox.echo()

    async def _next(self, responses: AsyncIterator[Message]) -> Message | None:
        """Return the next message, None at the end of the stream. Raises CallFailed when there is silence."""
        try:
            async with asyncio.timeout(self._longest_silence):
                message = await anext(responses, None)
        except TimeoutError:
            silence, self._longest_silence = self._longest_silence, min(2 * self._longest_silence, MOST_SILENCE_SECONDS)
            raise CallFailed(f"silent for {silence:g} s") from None
        self._longest_silence = SILENCE_SECONDS
        return message


class _Outbox:
    """What is to be sent: every answer, and of other news the latest per project."""

    def __init__(self) -> None:
        self._answers: list[SubscribeRequest] = []
        self._news: dict[str, SubscribeRequest] = {}
        self._echo: SubscribeRequest | None = None
        self._filled = asyncio.Event()

    def answer(self, request: SubscribeRequest) -> None:
        # The publisher sends one update per project at a time, so there are no more answers than projects.
        self._news.pop(request.ack.project, None)
        self._answers.append(request)
        self._filled.set()

    def tell(self, request: SubscribeRequest) -> None:
        self._news[request.ack.project] = request
        self._filled.set()

    def echo(self, request: SubscribeRequest | None = None) -> None:
        """Answer a heartbeat, or several; without a request by what there is to say, which may be nothing."""
        if request is not None and self._echo is not None:
            request.heartbeat.samples.extend(self._echo.heartbeat.samples)  # each user is told once
        self._echo = request or self._echo or _ECHO
        self._filled.set()

    async def requests(self, hello: SubscribeRequest) -> AsyncGenerator[SubscribeRequest]:
        yield hello
        while True:
            await self._filled.wait()
            self._filled.clear()
            answers, news = self._answers, self._news
            self._answers, self._news = [], {}
            echo, self._echo = self._echo, None
            for request in (*answers, *news.values(), *([echo] if echo else [])):
                yield request


def _reason(stream: asyncio.Task[None]) -> str:
    """Return why a stream ended; "" when nobody needs to know."""
    if stream.cancelled():
        return ""
    error = stream.exception()
    if error is None:
        return "closed"
    if isinstance(error, CallFailed | OSError):
        return str(error)
    log.error("a stream failed", exc_info=error)
    return f"failed: {type(error).__name__}"
