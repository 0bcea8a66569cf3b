"""Events: the events that make OpenFeature's providers drop what they cache.

A stream never ends as if all had been said: some callers would not come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

from flagd.api.openfeature.history import History
from flagd.api.openfeature.selector import selected_project
from flagd.openfeature.v1.evaluation_pb2 import EventStreamResponse
from flagd.rpc.status import Unavailable
from flagd.rpc.struct import to_struct

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from flagd.api.access import Access
    from flagd.api.openfeature.history import Kind, Seen
    from flagd.openfeature.v1.evaluation_pb2 import EventStreamRequest
    from flagd.rpc.method import Call
    from flagd.store import Store

SILENCE_SECONDS = 20.0
"""Longest silence of a stream."""
FLAGS_PER_MESSAGE = 1000
"""Most flags that one message names: it must stay below what callers take."""
_READY = EventStreamResponse(type="provider_ready").SerializeToString()
_KEEP_ALIVE = EventStreamResponse(type="keep_alive").SerializeToString()

Scope = tuple[tuple[str, "Seen"], ...] | None
"""Projects and what is seen of each; None = all of all, those that are gone too. Callers of one scope hear the same."""


class Events:
    """Answers EventStream. What is said is encoded once for all callers of a scope."""

    def __init__(
        self,
        access: Access,
        store: Store,
        silence_seconds: float = SILENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._access = access
        self._store = store
        self._silence_seconds = silence_seconds
        self._clock = clock
        self._history = History(clock)
        self._encoded: dict[tuple[int, Scope], list[bytes]] = {}
        self._encoded_at = 0

    async def event_stream(self, request: EventStreamRequest, call: Call) -> AsyncIterator[bytes]:  # noqa: ARG002
        """Yield encoded EventStreamResponses until the caller leaves, its key is withdrawn or the server drains."""
        project = selected_project(call.metadata)
        told: int | None = None
        spoken = self._clock()
        with self._store.subscribe() as changed:
            while True:
                changed.clear()
                scope = self._scope(project, call)
                messages, told = self._news(told, scope)
                if not messages and self._clock() - spoken >= self._silence_seconds:
                    messages = [_KEEP_ALIVE]
                for message in messages:
                    yield message
                    spoken = self._clock()
                await self._pause(changed, spoken)

    def _scope(self, project: str, call: Call) -> Scope:
        if self._store.closed:
            raise Unavailable("the server is draining; connect again")
        views = self._access.views(project, call)
        if not project and all(view.deployments is None for view in views):
            return None
        return tuple(sorted((view.snapshot.ruleset.project, view.deployments) for view in views))

    def _news(self, told: int | None, scope: Scope) -> tuple[list[bytes], int]:
        """Return the events since recording `told` (None = since the start), and the last recording in them."""
        self._history.record(self._store.snapshots)
        now = self._history.number
        if told is None:
            return [_READY, *self._changes(self._history.forgotten, scope)], now
        if told < self._history.forgotten:
            raise Unavailable("this stream fell behind; connect again")
        return self._changes(told, scope), now

    def _changes(self, told: int, scope: Scope) -> list[bytes]:
        if self._encoded_at != self._history.number:
            self._encoded_at = self._history.number
            self._encoded.clear()
        messages = self._encoded.get((told, scope))
        if messages is None:
            messages = self._encoded[told, scope] = _encode(self._kinds(told, scope))
        return messages

    def _kinds(self, told: int, scope: Scope) -> dict[str, Kind]:
        seen = None if scope is None else dict(scope)
        kinds: dict[str, Kind] = {}
        for project, key, alteration in self._history.since(told):
            if seen is None:
                kind = alteration.kind(None)
            else:
                kind = alteration.kind(seen[project]) if project in seen else None
            if kind is not None:
                kinds[key] = kind
        return kinds

    async def _pause(self, changed: asyncio.Event, spoken: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, spoken + self._silence_seconds - self._clock())):
                await changed.wait()


def _encode(kinds: Mapping[str, Kind]) -> list[bytes]:
    entries = [(key, {"type": kinds[key]}) for key in sorted(kinds)]
    parts = [dict(entries[start : start + FLAGS_PER_MESSAGE]) for start in range(0, len(entries), FLAGS_PER_MESSAGE)]
    return [_configuration_change(part) for part in parts]


def _configuration_change(flags: dict[str, Any]) -> bytes:
    message = EventStreamResponse(type="configuration_change", data=to_struct({"flags": flags}))
    return message.SerializeToString(deterministic=True)
