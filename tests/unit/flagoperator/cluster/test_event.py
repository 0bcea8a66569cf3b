"""Events are counted up rather than repeated, and bounded."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from flagd.manifest import ResourceRef
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.event import AGAIN_SECONDS, BURST, KEPT_SECONDS, WAITING, Events, about
from tests.unit.flagoperator.cluster.api_server import ApiServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATH = "/api/v1/namespaces/shop/events"


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def flag(name: str = "a") -> dict[str, Any]:
    return about(ResourceRef("Flag", "shop", name), f"uid-{name}")


class Written(ApiServer):
    """Merges, as the real one does."""

    async def merge(self, path: str, obj: dict[str, Any], manager: str) -> dict[str, Any]:  # noqa: ARG002
        self._call(f"MERGE {path}")
        if path not in self.objects:
            raise ApiError(404, "NotFound", path)
        self.objects[path] |= obj
        return self.objects[path]


@asynccontextmanager
async def telling(server: ApiServer, clock: Time) -> AsyncIterator[Events]:
    events = Events(server, clock)  # type: ignore[arg-type]
    task = asyncio.create_task(events.run())
    try:
        yield events
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def settle(events: Events) -> None:
    events._told.set()
    for _ in range(20):
        await asyncio.sleep(0)


def shown(server: ApiServer) -> list[tuple[str, str, int]]:
    return [(each["reason"], each["message"], each["count"]) for each in server.objects.values()]


async def test_what_comes_again_is_counted_up_with_the_newest_message():
    server, clock = Written(), Time()
    async with telling(server, clock) as events:
        for number in range(40):
            events.tell(flag(), "Invalid", f"fault {number}")
            await settle(events)
            clock.now += AGAIN_SECONDS
    assert shown(server) == [("Invalid", "fault 39", 40)]


async def test_what_comes_again_within_a_moment_is_one_write():
    server, clock = Written(), Time()
    async with telling(server, clock) as events:
        for number in range(100):
            events.tell(flag(), "Invalid", f"fault {number}")
            await settle(events)
        clock.now += AGAIN_SECONDS
        await settle(events)
    assert shown(server) == [("Invalid", "fault 99", 100)]
    assert len(server.calls) == 2


async def test_other_objects_reasons_and_types_are_other_events():
    server, clock = Written(), Time()
    async with telling(server, clock) as events:
        events.tell(flag(), "Invalid", "x")
        events.tell(flag("b"), "Invalid", "x")
        events.tell(flag(), "KeyConflict", "x")
        events.tell(flag(), "Invalid", "x", "Normal")
        await settle(events)
    assert len(shown(server)) == 4


async def test_an_event_that_has_expired_is_made_again():
    server, clock = Written(), Time()
    async with telling(server, clock) as events:
        events.tell(flag(), "Invalid", "x")
        await settle(events)
        server.objects.clear()
        clock.now += AGAIN_SECONDS
        events.tell(flag(), "Invalid", "y")
        await settle(events)
        assert shown(server) == [("Invalid", "y", 1)]
        clock.now += KEPT_SECONDS + 1
        events.tell(flag(), "Invalid", "z")
        await settle(events)
    assert shown(server) == [("Invalid", "y", 1), ("Invalid", "z", 1)]


async def test_a_flood_is_bounded():
    server, clock = Written(), Time()
    async with telling(server, clock) as events:
        for number in range(5 * WAITING):
            events.tell(flag(f"f{number}"), "ReferenceMissing", "x")
        for _ in range(2 * BURST):
            await settle(events)
    assert len(server.calls) == BURST
    assert events.dropped == 4 * WAITING


async def test_an_event_that_cannot_be_written_holds_up_no_other():
    server, clock = Written(), Time()
    server.failures = [ApiError(403, "Forbidden", "namespace is being terminated")]
    async with telling(server, clock) as events:
        events.tell(flag(), "Invalid", "x")
        events.tell(flag("b"), "Invalid", "x")
        await settle(events)
    assert len(shown(server)) == 1


async def test_what_two_replicas_tell_once_is_one_event_and_what_follows_is_counted_up():
    server, clock = Written(), Time()
    async with telling(server, clock) as first, telling(server, clock) as second:
        for events in (first, second):
            events.tell(flag(), "Changed", "active true → false (generation 2)", "Normal", once=True)
            await settle(events)
        assert shown(server) == [("Changed", "active true → false (generation 2)", 1)]
        clock.now += AGAIN_SECONDS
        second.tell(flag(), "Changed", "active false → true (generation 3)", "Normal", once=True)
        await settle(second)
    assert shown(server) == [("Changed", "active false → true (generation 3)", 2)]
