"""Events: says when to ask for all flags again, and nothing else.

Browsers cannot send a key with a request for events. So the address, sent with the flags, names the key by its
hash: anyone who knows the hash may learn when flags change, never which, nor what they say.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flagd.api.keyring import key_hash
from flagd.rpc.query import parameters
from flagd.rpc.route import EventStream
from flagd.rpc.status import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from flagd.api.access import Access
    from flagd.rpc.method import Call
    from flagd.rpc.route import Request
    from flagd.store import Store

PATH = "/ofrep/v1/events"
KEEP_ALIVE_SECONDS = 15.0
_KEEP_ALIVE = b":\n\n"


def stream_address(project: str, call: Call) -> str:
    """Return path and query of the events that a caller should listen to."""
    fields = {"project": project, "key_hash": key_hash(call.metadata.get("authorization", ""))}
    return f"{PATH}?{urlencode({name: value for name, value in fields.items() if value})}"


class Events:
    """Answers the address."""

    def __init__(self, access: Access, store: Store, keep_alive_seconds: float = KEEP_ALIVE_SECONDS) -> None:
        self._access = access
        self._store = store
        self._keep_alive_seconds = keep_alive_seconds

    async def answer(self, request: Request) -> EventStream:
        """Return the events: one at once, unless the caller heard of this revision, and one with every change.

        The one at once is for what changed between the answer with the address and this request. A server that drains,
        or has nothing to serve yet, ends the stream before the first: a browser connects again after that, and never
        after an error.
        """
        query = parameters(request.query)
        project, digest = query.get("project", ""), query.get("key_hash", "")
        with contextlib.suppress(Unavailable):
            self._access.revision(project, digest)
        return EventStream(self._events(project, digest, request.headers.get("last-event-id", "")))

    async def _events(self, project: str, digest: str, told: str) -> AsyncIterator[bytes]:
        with self._store.subscribe() as changed:
            while not self._store.closed and not self._store.obstacle:
                changed.clear()
                revision = self._access.revision(project, digest)
                yield _KEEP_ALIVE if revision == told else _refetch(revision)
                told = revision
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._keep_alive_seconds):
                        await changed.wait()


def _refetch(revision: str) -> bytes:
    return b'id: %b\ndata: {"type":"refetchEvaluation"}\n\n' % revision.encode()
