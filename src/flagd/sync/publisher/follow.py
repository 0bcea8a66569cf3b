"""Follow: what a process that evaluates for itself lacks, now and whenever it changes.

One request and no acknowledgements: what is sent counts as held, and who could not take it calls again with what it
holds. Like Watch, a stream holds what it sent last and nothing else: a slow reader misses revisions, never the latest.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from flagd.rpc.beat import Beat
from flagd.rpc.limits import KEY_BYTES, check_count, check_text
from flagd.rpc.method import Method
from flagd.rpc.status import Unavailable
from flagd.sync.limits import FOLLOW, FOLLOWED, UPDATE_BYTES
from flagd.sync.publisher.service import HEARTBEAT_SECONDS
from flagd.sync.publisher.subscription import check_served
from flagd.sync.publisher.update_cache import UpdateCache
from flagd.v1.ruleset_pb2 import FollowRequest, FollowResponse, Heartbeat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from flagd.api.access import Access
    from flagd.api.view import View
    from flagd.rpc.method import Call
    from flagd.snapshot import Snapshot
    from flagd.store import Store
    from flagd.sync.publisher.update_cache import Delivery

_STALE = FollowResponse(stale=True).SerializeToString()


@dataclass(slots=True)
class _Followed:
    """One stream.

    Attributes:
        held: revision that the caller has, by project.
        beat: when the next heartbeat is due.
        said: whether the last heartbeat said stale; None before the first.
    """

    held: dict[str, str]
    beat: Beat
    said: bool | None = field(default=None)


class Follow:
    """Answers Follow."""

    def __init__(
        self,
        access: Access,
        store: Store,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        update_bytes: int = UPDATE_BYTES,
    ) -> None:
        """Hold back updates that are larger than `update_bytes` before compression, and say so."""
        self._access = access
        self._store = store
        self._heartbeat_seconds = heartbeat_seconds
        self._cache = UpdateCache(update_bytes, local_only=True)

    def methods(self) -> list[Method]:
        """Return the RPC, for `flagd.rpc.instrument.instrument` and then a transport."""
        admit = partial(self._access.admit, server=True)
        return [Method(FOLLOW, FollowRequest, FollowResponse, stream=self.follow, idempotent=True, admit=admit)]

    async def follow(self, request: FollowRequest, call: Call) -> AsyncIterator[bytes]:
        """Yield encoded FollowResponses until the caller leaves, its key is withdrawn or the server drains."""
        projects = _projects(request)
        stream = _Followed({one.project: one.revision for one in request.held}, Beat(self._heartbeat_seconds))
        with self._store.subscribe() as changed:
            while True:
                changed.clear()
                if self._store.closed:
                    raise Unavailable("the server is draining; connect again")
                for project in projects:
                    async for message in self._news(self._access.view(project, call, server=True), stream):
                        yield message
                snapshots = [self._access.view(project, call, server=True).snapshot for project in projects]
                if heartbeat := _heartbeat(snapshots, stream):
                    yield heartbeat
                await stream.beat.wait(changed)

    async def _news(self, view: View, stream: _Followed) -> AsyncIterator[bytes]:
        """Yield what leads the caller to what `view` shows; nothing if it is there."""
        snapshot = view.snapshot
        form: Delivery = "open" if view.deployments is None else view.deployments
        updates = await self._cache.updates(snapshot.ruleset, form)
        project, revision = snapshot.ruleset.project, updates.revision
        held = stream.held.get(project, "")
        if held == revision:
            return
        encoded = await updates.encoded(held)
        stream.held[project] = encoded.revision
        if encoded.payload:
            yield (_STALE if snapshot.stale else b"") + encoded.payload


def _projects(request: FollowRequest) -> Sequence[str]:
    check_count(len(request.projects), FOLLOWED, "projects")
    check_count(len(request.held), FOLLOWED, "held")
    for project in request.projects:
        check_text(project, "projects", KEY_BYTES)
    for held in request.held:
        check_served(held.project, held.revision)
    return list(dict.fromkeys(request.projects)) or [""]


def _heartbeat(snapshots: Sequence[Snapshot], stream: _Followed) -> bytes:
    """Return a heartbeat if one is due: at first, by the clock, and when the server loses touch or regains it."""
    stale = any(snapshot.stale for snapshot in snapshots)
    if stale is stream.said and not stream.beat.due:
        return b""
    stream.said = stale
    stream.beat.given()
    as_of = min(snapshot.as_of for snapshot in snapshots)
    age = max(0.0, time.time() - as_of) if stale else 0.0
    return FollowResponse(stale=stale, heartbeat=Heartbeat(), age_seconds=age).SerializeToString()
