"""Instrument: what every method and route gets before a transport serves it: errors without secrets, and figures.

Whatever a handler raises leaves here as an RpcError. An exception that is none is a bug: its type
and places in the code are logged, and the caller reads "internal error". Its text goes nowhere,
since it may quote a user.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from flagd.rpc.limits import RESPONSE_BYTES
from flagd.rpc.route import EventStream
from flagd.rpc.status import RpcError, Status, TooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from google.protobuf.message import Message

    from flagd.metrics import Metrics
    from flagd.rpc.method import Call, Method, Reply, UnaryHandler
    from flagd.rpc.route import Handler, Request, Response, Route

log = logging.getLogger(__name__)
INTERNAL = "internal error"


def instrument(methods: Iterable[Method], metrics: Metrics) -> list[Method]:
    """Return `methods`, each counted and safe to serve."""
    return [_guarded(method, metrics) for method in methods]


def _guarded(method: Method, metrics: Metrics) -> Method:
    return replace(
        method,
        unary=method.unary and _unary(method.path, method.unary, metrics),
        stream=method.stream and _stream(method.path, method.stream, metrics),
        bidi=method.bidi and _stream(method.path, method.bidi, metrics),
        admit=_admitting(method.path, method.admit, metrics),
    )


def _admitting(path: str, admit: Callable[[Any], None], metrics: Metrics) -> Callable[[Any], None]:
    """Return `admit` with refusals counted as calls; who is let in is counted by the handler."""

    def admitting(caller: Call | Mapping[str, str]) -> None:
        try:
            admit(caller)
        except Exception as error:
            metrics.in_flight += 1
            _ended(path, metrics, time.perf_counter(), error)
            raise

    return admitting


def _unary(path: str, handler: UnaryHandler, metrics: Metrics) -> UnaryHandler:
    # The same as _Observed, written out: nearly every call comes through here, and most succeed.
    async def guarded(request: Message, call: Call) -> Reply:
        metrics.in_flight += 1
        started = time.perf_counter()
        try:
            reply = await handler(request, call)
            if isinstance(reply, bytes) and len(reply) > RESPONSE_BYTES:
                raise TooLarge(f"response: {len(reply)} bytes, at most {RESPONSE_BYTES} allowed; ask for less")
        except BaseException as error:
            _ended(path, metrics, started, error)
            raise
        metrics.in_flight -= 1
        metrics.call(path, "OK", time.perf_counter() - started)
        return reply

    return guarded


def _stream(
    path: str, handler: Callable[[Any, Call], AsyncIterator[Reply]], metrics: Metrics
) -> Callable[[Any, Call], AsyncIterator[Reply]]:
    async def guarded(request: Message | AsyncIterator[Message], call: Call) -> AsyncIterator[Reply]:
        with _Observed(path, metrics):
            async with contextlib.aclosing(handler(request, call)) as replies:  # type: ignore[type-var]
                async for reply in replies:
                    yield reply

    return guarded


def instrument_routes(routes: Iterable[Route], metrics: Metrics) -> list[Route]:
    """Return `routes`, each counted and safe to serve. One is counted by its path, not by that of a request."""
    return [
        replace(
            route,
            handler=_answering(route.path, route.handler, metrics),
            admit=_admitting(route.path, route.admit, metrics),
        )
        for route in routes
    ]


def _answering(path: str, handler: Handler, metrics: Metrics) -> Handler:
    async def guarded(request: Request) -> Response | EventStream:
        with _Opening(path, metrics) as opening:
            answer = await handler(request)
            opening.streams = isinstance(answer, EventStream)
        if isinstance(answer, EventStream):
            return replace(answer, events=_events(path, answer.events, metrics))
        return answer

    return guarded


async def _events(path: str, events: AsyncIterator[bytes], metrics: Metrics) -> AsyncIterator[bytes]:
    with _Observed(path, metrics):
        async with contextlib.aclosing(events):  # type: ignore[type-var]
            async for event in events:
                yield event


class _Observed:
    """Times one call, and turns what it raises into an RpcError. A class: contextmanager costs three times as much."""

    __slots__ = ("_metrics", "_path", "_started")

    def __init__(self, path: str, metrics: Metrics) -> None:
        self._path = path
        self._metrics = metrics

    def __enter__(self) -> Self:
        self._metrics.in_flight += 1
        self._started = time.perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        _ended(self._path, self._metrics, self._started, error)


class _Opening(_Observed):
    """The same for a call that may go on as a stream, which is then observed itself."""

    __slots__ = ("streams",)

    def __enter__(self) -> Self:
        super().__enter__()
        self.streams = False
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self.streams:
            self._metrics.in_flight -= 1
        else:
            super().__exit__(kind, error, trace)


def _ended(path: str, metrics: Metrics, started: float, error: BaseException | None) -> None:
    seconds = time.perf_counter() - started
    metrics.in_flight -= 1
    metrics.call(path, _status(error).name, seconds)
    if isinstance(error, Exception) and not isinstance(error, RpcError):
        log.error("%s failed: %s\n%s", path, type(error).__name__, _places(error))
        raise RpcError(INTERNAL) from None


def _status(error: BaseException | None) -> Status:
    if error is None:
        return Status.OK
    if isinstance(error, RpcError):
        return error.status
    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        return Status.CANCELLED
    return Status.INTERNAL


def _places(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
