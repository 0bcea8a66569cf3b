"""Event: what `kubectl describe` and `kubectl get events` show of a change.

Events are collected, then written: one of an object and a reason is counted up if it comes again, several within a
moment become one write, and there is a bound to how many are made at all. What is true now is in the status.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from flagd.manifest import API_VERSION
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagd.manifest import ResourceRef
    from flagoperator.cluster.api import Api

log = logging.getLogger(__name__)
LONGEST = 1024
COMPONENT = "flagoperator"
MANAGER = "flagoperator"
KEPT_SECONDS = 45 * 60.0
"""How long an event is counted up: the API server deletes it an hour after its last write."""
AGAIN_SECONDS = 5.0
"""How long it takes from one write of an event to the next: what is reported in between is one write."""
BURST = 100
PER_SECOND = 2.0
"""How many events are written at once, and how many each second after that."""
WAITING = 1000
"""Events that wait, at most."""
REMEMBERED = 4096
"""Events that are counted up, at most."""

Type = Literal["Normal", "Warning"]
Key = tuple[str, str, str]


def about(ref: ResourceRef, uid: str) -> dict[str, Any]:
    """Return what an event about `ref` refers to."""
    return {"apiVersion": API_VERSION, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name, "uid": uid}


@dataclass(slots=True)
class _Series:
    """One event as it was written last.

    Attributes:
        path: where it is.
        count: how often it was reported.
        at: when it was written, in seconds of the clock.
    """

    path: str
    count: int
    at: float


@dataclass(slots=True)
class _Waiting:
    """What was reported and is not written yet."""

    regarding: Mapping[str, Any]
    type: Type
    reason: str
    message: str
    times: int = 0
    once: bool = False


class Events:
    """Tells; `run` writes."""

    def __init__(self, api: Api, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._series: OrderedDict[Key, _Series] = OrderedDict()
        self._waiting: OrderedDict[Key, _Waiting] = OrderedDict()
        self._credit, self._counted_at = float(BURST), clock()
        self._told = asyncio.Event()
        self.dropped = 0
        """How many were reported and never written, since too many waited."""

    def tell(
        self, regarding: Mapping[str, Any], reason: str, message: str, kind: Type = "Warning", *, once: bool = False
    ) -> None:
        """Have it said of `regarding` (see `about`) that `reason` holds; `message` is for people and has no values.

        With `once`, an event with this message that another replica has made is enough.
        """
        named = f"{regarding.get('kind')} {regarding['namespace']}/{regarding['name']}"
        key = str(regarding.get("uid") or named), reason, kind
        waiting = self._waiting.get(key)
        if waiting is None:
            if len(self._waiting) >= WAITING:
                self.dropped += 1
                return
            waiting = self._waiting[key] = _Waiting(regarding, kind, reason, message)
        waiting.message, waiting.times, waiting.once = message, waiting.times + 1, once
        self._told.set()

    async def run(self) -> None:
        """Write what is reported, until cancelled."""
        while True:
            self._told.clear()
            pause = await self._write_due()
            try:
                # Not wait_for: it drops a cancellation that comes together with the event.
                async with asyncio.timeout(pause):
                    await self._told.wait()
            except TimeoutError:
                continue

    async def _write_due(self) -> float | None:
        """Write what may be written now; return after how many seconds to look again, None = when something comes."""
        for key in list(self._waiting):
            if self._due(key) > self._clock():
                continue
            if not self._take_credit():
                return 1 / PER_SECOND
            await self._write(key, self._waiting.pop(key))
        return min((max(0.0, self._due(key) - self._clock()) for key in self._waiting), default=None)

    def _due(self, key: Key) -> float:
        series = self._series.get(key)
        return self._clock() if series is None else series.at + AGAIN_SECONDS

    def _take_credit(self) -> bool:
        now = self._clock()
        self._credit = min(float(BURST), self._credit + (now - self._counted_at) * PER_SECOND)
        self._counted_at = now
        if self._credit < 1:
            return False
        self._credit -= 1
        return True

    async def _write(self, key: Key, waiting: _Waiting) -> None:
        try:
            if not await self._count_up(key, waiting):
                await self._create(key, waiting)
        except ApiError as error:
            log.warning("event %s of %s: %s", waiting.reason, waiting.regarding["name"], error)

    async def _count_up(self, key: Key, waiting: _Waiting) -> bool:
        """Count the event up that is there; return whether there is one."""
        series = self._series.pop(key, None)
        if series is None or self._clock() - series.at > KEPT_SECONDS:
            return False
        series.count, series.at = series.count + waiting.times, self._clock()
        change = {"count": series.count, "lastTimestamp": _stamp(), "message": waiting.message[:LONGEST]}
        try:
            await self._api.merge(series.path, change, MANAGER)
        except ApiError:
            return False  # it has expired, or we may only create
        self._remember(key, series)
        return True

    async def _create(self, key: Key, waiting: _Waiting) -> None:
        regarding, stamp = waiting.regarding, _stamp()
        collection = f"/api/v1/namespaces/{regarding['namespace']}/events"
        distinct = waiting.message if waiting.once else time.time_ns()
        digest = hashlib.sha256(f"{distinct}{key}".encode()).hexdigest()[:16]
        name = f"{regarding['name'][:200]}.{digest}"
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"namespace": regarding["namespace"], "name": name},
            "involvedObject": regarding,
            "type": waiting.type,
            "reason": waiting.reason,
            "message": waiting.message[:LONGEST],
            "source": {"component": COMPONENT},
            "firstTimestamp": stamp,
            "lastTimestamp": stamp,
            "count": waiting.times,
        }
        try:
            await self._api.create(collection, event)
        except ApiError as error:
            if not (waiting.once and error.reason == "AlreadyExists"):
                raise
        self._remember(key, _Series(f"{collection}/{name}", waiting.times, self._clock()))

    def _remember(self, key: Key, series: _Series) -> None:
        self._series[key] = series
        while len(self._series) > REMEMBERED:
            self._series.popitem(last=False)


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
