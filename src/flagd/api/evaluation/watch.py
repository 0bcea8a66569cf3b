"""Watch: a user's variants now, then those that change.

A stream holds what it said last and nothing else: a slow reader misses revisions, never the latest one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.api.answer_size import check_entries
from flagd.api.evaluation.context import evaluation_context
from flagd.rpc.beat import Beat
from flagd.rpc.limits import check_flag_keys
from flagd.rpc.status import Unavailable
from flagd.v1.evaluation_pb2 import WatchResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from flagd.api.access import Access
    from flagd.rpc.method import Call
    from flagd.store import Store
    from flagd.v1.evaluation_pb2 import WatchRequest

HEARTBEAT_SECONDS = 15.0
"""Longest silence of a stream: then it says that it lives, and which revision holds."""


class Watch:
    """Answers Watch."""

    def __init__(self, access: Access, store: Store, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._access = access
        self._store = store
        self._heartbeat_seconds = heartbeat_seconds

    async def watch(self, request: WatchRequest, call: Call) -> AsyncIterator[bytes]:
        """Yield encoded WatchResponses until the caller leaves, its key is withdrawn or the server drains."""
        keys = check_flag_keys(request.flag_keys)
        context = evaluation_context(request.user)
        said: dict[str, bytes] | None = None
        beat = Beat(self._heartbeat_seconds)
        with self._store.subscribe() as changed:
            while True:
                changed.clear()
                if self._store.closed:
                    raise Unavailable("the server is draining; connect again")
                view = self._access.view(request.project, call)
                entries = view.entries(context, keys)
                check_entries(entries)
                difference = _difference(said, entries)
                if difference or said is None or beat.due:
                    yield difference + view.watch_tail
                    beat.given()
                said = entries
                await beat.wait(changed)


def _difference(said: dict[str, bytes] | None, entries: dict[str, bytes]) -> bytes:
    if said is None:
        return b"".join(entries.values())
    changed = [entry for key, entry in entries.items() if said.get(key) != entry]
    removed = said.keys() - entries.keys()
    return b"".join(changed) + (WatchResponse(removed=sorted(removed)).SerializeToString() if removed else b"")
