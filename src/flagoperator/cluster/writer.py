"""Writer: applies statuses, several at a time, of each resource the latest only."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from flagd.manifest import API_VERSION
from flagoperator.cluster.address import status_path
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.manifest import ResourceRef
    from flagoperator.cluster.api import Api

log = logging.getLogger(__name__)
MANAGER = "flagoperator"
IN_FLIGHT = 8
RETRY_SECONDS = 2.0
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Wanted:
    """A status to write.

    Attributes:
        ref: what it is about.
        uid: of the object it is about; of another under that name it would not be true.
        status: all of it.
        before: the status that it takes the place of.
    """

    ref: ResourceRef
    uid: str
    status: dict[str, Any]
    before: Mapping[str, Any]


class Statuses(Protocol):
    """What the writer asks for and tells."""

    @property
    def writing(self) -> bool:
        """Whether this replica may write now."""

    def wanted(self, ref: ResourceRef) -> Wanted | None:
        """Return what to write about `ref`; None if it has what it should have."""

    async def written(self, wanted: Wanted, obj: dict[str, Any]) -> None:
        """Take note that `wanted` was written, and that its resource is now `obj`."""


class Writer:
    """A set of resources to look at, and those who look."""

    def __init__(self, api: Api, statuses: Statuses) -> None:
        self._api = api
        self._statuses = statuses
        self._queue: asyncio.Queue[ResourceRef] = asyncio.Queue()
        self._queued: set[ResourceRef] = set()
        self._busy: set[ResourceRef] = set()
        self._again: set[ResourceRef] = set()
        self._failing: set[ResourceRef] = set()
        self.writes = 0
        self.failures = 0

    @property
    def backlog(self) -> int:
        """How many resources wait."""
        return len(self._queued)

    def look(self, refs: Iterable[ResourceRef]) -> None:
        """Have `refs` compared with what they should be, and written where they differ."""
        for ref in refs:
            if ref not in self._queued:
                self._queued.add(ref)
                self._queue.put_nowait(ref)

    async def run(self) -> None:
        """Write until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(IN_FLIGHT):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            ref = await self._queue.get()
            self._queued.discard(ref)
            if not self._statuses.writing:
                continue  # whoever leads next looks at everything
            if ref in self._busy:
                self._again.add(ref)  # what is on its way now is to be seen before it is judged
                continue
            wanted = self._statuses.wanted(ref)
            if wanted is not None:
                await self._write(wanted)

    async def _write(self, wanted: Wanted) -> None:
        ref = wanted.ref
        # The uid makes the API server refuse it where another object has taken the name.
        metadata = {"name": ref.name, "namespace": ref.namespace, "uid": wanted.uid}
        obj = {"apiVersion": API_VERSION, "kind": ref.kind, "metadata": metadata, "status": wanted.status}
        self._busy.add(ref)
        try:
            found = await self._api.apply(status_path(ref), obj, MANAGER)
        except ApiError as error:
            self._failed(ref, error)
        else:
            self.writes += 1
            self._failing.discard(ref)
            await self._statuses.written(wanted, found)
        finally:
            self._busy.discard(ref)
            if ref in self._again:
                self._again.discard(ref)
                self.look([ref])

    def _failed(self, ref: ResourceRef, error: ApiError) -> None:
        self.failures += 1
        if error.status == NOT_FOUND or error.reason == "Conflict":
            return  # it is gone, or another one
        if ref not in self._failing:
            self._failing.add(ref)
            log.warning("status of %s: %s", ref, error)
        asyncio.get_running_loop().call_later(RETRY_SECONDS, self.look, [ref])
