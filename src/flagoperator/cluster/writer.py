"""Writer: applies statuses, several at a time, of each resource the latest only."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from flagd.backoff import Backoff
from flagd.manifest import API_VERSION
from flagd.process.tasks import Tasks
from flagoperator.cluster.address import status_path
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.pace import Pace
from flagoperator.reconcile.authority.ownership import leftovers
from flagoperator.reconcile.authority.rivalry import Rivalry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.manifest import ResourceRef
    from flagoperator.cluster.api import Api, Object

log = logging.getLogger(__name__)
MANAGER = "flagoperator"
IN_FLIGHT = 8
RETRY = Backoff(2, 60)
QUIET_SECONDS = 60.0
"""How long the log says nothing more of an API server that takes no statuses."""
NOT_FOUND = 404
TOO_LARGE = "too large"
"""What etcd says, with status 500, of an object that has no room for its status."""
RIVAL_SECONDS = 3600.0
"""How long the log says nothing more of somebody else who writes statuses."""
BUSY = frozenset({0, 429})
"""Statuses of an API server that may accept the same later, apart from 5xx: nothing, or that it has too much to do."""
MISFITS = frozenset({400, 422, 500})
"""What it answers about an object that was stored under a looser schema: it cannot be merged field by field."""


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
    """What the writer asks for and reports to."""

    @property
    def writing(self) -> bool:
        """Whether this replica may write now."""

    @property
    def giving_way(self) -> bool:
        """Whether what is written now would hold up what is more urgent."""

    def wanted(self, ref: ResourceRef) -> Wanted | None:
        """Return what to write about `ref`; None if it has what it should have."""

    async def written(self, wanted: Wanted, obj: dict[str, Any]) -> None:
        """Take note that `wanted` was written, and that its resource is now `obj`."""

    async def refused(self, wanted: Wanted, why: str) -> None:
        """Take note that the API server takes no status for the resource of `wanted` as it is, and `why`."""


class Writer:
    """A set of resources to look at, and those who look."""

    def __init__(self, api: Api, statuses: Statuses) -> None:
        self._api = api
        self._statuses = statuses
        self._queue: asyncio.Queue[ResourceRef] = asyncio.Queue()
        self._queued: set[ResourceRef] = set()
        self._busy: set[ResourceRef] = set()
        self._again: set[ResourceRef] = set()
        self._refused: dict[ResourceRef, _Refusal] = {}
        self._sick: dict[ResourceRef, int] = {}
        self._resting: set[ResourceRef] = set()
        self.rivalry = Rivalry()
        self._pace = Pace(IN_FLIGHT, lambda: statuses.giving_way)
        self._told = float("-inf")
        self._told_rival = float("-inf")
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
        tasks = Tasks()
        for number in range(IN_FLIGHT):
            tasks.start(f"status writer {number}", self._work, restart=True)
        try:
            await tasks.fail()
        finally:
            await tasks.stop()

    async def _work(self) -> None:
        while True:
            ref = await self._queue.get()
            async with self._pace:
                await self._turn(ref)

    async def _turn(self, ref: ResourceRef) -> None:
        self._queued.discard(ref)
        if not self._statuses.writing:
            self.rivalry.clear()
            return  # the next leader looks at everything
        if ref in self._busy:
            self._again.add(ref)  # what is on its way now is to be seen before it is judged
            return
        wanted = self._statuses.wanted(ref)
        if wanted is not None and not self._rests(wanted) and not self._is_contested(wanted):
            await self._write(wanted)

    def _is_contested(self, wanted: Wanted) -> bool:
        """Return whether somebody else writes this status again and again, and it is not time yet to put ours there."""
        ref, rest = wanted.ref, self.rivalry.rest(wanted.ref, time.monotonic())
        if not rest or wanted.before.get("observedGeneration") != wanted.status.get("observedGeneration"):
            return False
        if ref not in self._resting:
            self._resting.add(ref)
            asyncio.get_running_loop().call_later(rest, self._look_again, ref)
        return True

    def _look_again(self, ref: ResourceRef) -> None:
        self._resting.discard(ref)
        self.look([ref])

    def _rests(self, wanted: Wanted) -> bool:
        """Return whether a status for the same spec was refused, and it is not time yet to try again."""
        refusal = self._refused.get(wanted.ref)
        return refusal is not None and refusal.of == _spec(wanted) and time.monotonic() < refusal.until

    async def _write(self, wanted: Wanted) -> None:
        ref = wanted.ref
        self._busy.add(ref)
        try:
            found = await self._put(wanted)
        except ApiError as error:
            await self._failed(wanted, error)
        else:
            self.writes += 1
            self._refused.pop(ref, None)
            self._sick.pop(ref, None)
            self._pace.went_well()
            self._note_rival(wanted, found)
            await self._statuses.written(wanted, found)
        finally:
            self._busy.discard(ref)
            if ref in self._again:
                self._again.discard(ref)
                self.look([ref])

    def _note_rival(self, wanted: Wanted, found: Object) -> None:
        rivalry, now = self.rivalry, time.monotonic()
        theirs = rivalry.wrote(wanted.ref, wanted.uid, wanted.before, found.get("status") or {}, now)
        if theirs and rivalry.rest(wanted.ref, now) and now - self._told_rival > RIVAL_SECONDS:
            self._told_rival = now
            log.warning(
                "another client keeps writing the status of %s (%d objects so far): is there a second operator "
                "for the same namespaces, with another --lease-namespace? "
                "Until that ends, each of these statuses is written every few minutes only",
                wanted.ref,
                rivalry.contested,
            )

    async def _put(self, wanted: Wanted) -> Object:
        ref, path = wanted.ref, status_path(wanted.ref)
        # The uid makes the API server refuse it where another object has taken the name.
        metadata = {"name": ref.name, "namespace": ref.namespace, "uid": wanted.uid}
        obj = {"apiVersion": API_VERSION, "kind": ref.kind, "metadata": metadata, "status": wanted.status}
        try:
            found = await self._api.apply(path, obj, MANAGER, field_validation="Ignore")
        except ApiError as error:
            if error.status not in MISFITS:
                raise
            return await self._api.merge(path, obj, MANAGER)
        left = leftovers(wanted.status, found.get("status") or {})
        return await self._api.merge(path, {**obj, "status": left}, MANAGER) if left else found

    async def _failed(self, wanted: Wanted, error: ApiError) -> None:
        ref = wanted.ref
        self.failures += 1
        if error.status == NOT_FOUND or error.reason == "Conflict":
            self.rivalry.forget(ref)
            return  # it is gone, or another one
        if self._is_busy(ref, error):
            self._pace.turned_away()
            self.look([ref])
            if time.monotonic() - self._told > QUIET_SECONDS:
                log.warning("statuses wait for the API server: %s", error)
                self._told = time.monotonic()
            return
        before = self._refused.get(ref)
        fresh = before is None or before.of != _spec(wanted)
        failures = 1 if before is None or fresh else before.failures + 1
        seconds = RETRY.seconds(failures)
        self._refused[ref] = _Refusal(_spec(wanted), failures, time.monotonic() + seconds)
        asyncio.get_running_loop().call_later(seconds, self.look, [ref])
        if fresh:
            log.warning("status of %s: %s", ref, error)
            await self._statuses.refused(wanted, str(error))

    def _is_busy(self, ref: ResourceRef, error: ApiError) -> bool:
        """Return whether the API server may take the same later, rather than that it does not take this object's."""
        if error.status in BUSY:
            return True
        if error.status < 500 or TOO_LARGE in str(error):
            return False
        # What fails twice while others are written is a matter of this object.
        before = self._sick.setdefault(ref, self.writes)
        if before == self.writes:
            return True
        del self._sick[ref]
        return False


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A status that the API server did not take: for which spec, how often so far, and when it is tried again."""

    of: tuple[str, int]
    failures: int
    until: float


def _spec(wanted: Wanted) -> tuple[str, int]:
    return wanted.uid, wanted.status.get("observedGeneration", 0)
