"""Of each resource one status is on its way at a time, the latest, and what fails is tried again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from flagd.backoff import Backoff
from flagd.manifest import ResourceRef
from flagoperator.cluster import pace
from flagoperator.cluster import writer as module
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.writer import IN_FLIGHT, Wanted, Writer
from tests.unit.flagoperator.cluster.api_server import ApiServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

A = ResourceRef("Flag", "shop", "a")


class Statuses:
    """Wants of each resource the number in `wants`."""

    def __init__(self) -> None:
        self.writing = True
        self.giving_way = False
        self.generation = 1
        self.wants: dict[ResourceRef, int] = {}
        self.has: dict[ResourceRef, int] = {}
        self.told: list[ResourceRef] = []

    def wanted(self, ref: ResourceRef) -> Wanted | None:
        wants = self.wants.get(ref)
        return None if wants is None or wants == self.has.get(ref) else Wanted(ref, "u", self._status(wants), {})

    def _status(self, number: int) -> dict[str, Any]:
        return {"n": number, "observedGeneration": self.generation}

    async def written(self, wanted: Wanted, obj: dict[str, Any]) -> None:
        self.has[wanted.ref] = obj["status"]["n"]

    async def refused(self, wanted: Wanted, why: str) -> None:  # noqa: ARG002
        self.told.append(wanted.ref)


@asynccontextmanager
async def writing(server: ApiServer, statuses: Statuses) -> AsyncIterator[Writer]:
    writer = Writer(server, statuses)  # type: ignore[arg-type]
    task = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_what_is_right_is_not_written():
    server, statuses = ApiServer(), Statuses()
    async with writing(server, statuses) as writer:
        statuses.wants, statuses.has = {A: 1}, {A: 1}
        writer.look([A])
        await settle()
    assert server.calls == []


async def test_changes_during_a_write_lead_to_one_more():
    server, statuses = ApiServer(), Statuses()
    server.hold = asyncio.Event()
    async with writing(server, statuses) as writer:
        for number in range(5):
            statuses.wants = {A: number}
            writer.look([A])
            await settle()
        assert len(server.calls) == 1
        server.hold.set()
        await settle()
    assert statuses.has == {A: 4}
    assert len(server.calls) == 2


async def test_a_few_are_written_at_a_time():
    server, statuses = ApiServer(), Statuses()
    server.hold = asyncio.Event()
    refs = [ResourceRef("Flag", "shop", f"f{number}") for number in range(30)]
    statuses.wants = dict.fromkeys(refs, 1)
    async with writing(server, statuses) as writer:
        writer.look(refs)
        await settle()
        assert len(server.calls) == IN_FLIGHT
        server.hold.set()
        await settle()
    assert len(server.calls) == 30


async def test_nothing_is_written_by_one_who_does_not_lead():
    server, statuses = ApiServer(), Statuses()
    statuses.writing, statuses.wants = False, {A: 1}
    async with writing(server, statuses) as writer:
        writer.look([A])
        await settle()
    assert server.calls == []


AWAY, BUSY = ApiError(0, "", "no route"), ApiError(429, "TooManyRequests", "later")
TYPED = ApiError(500, "", "failed to create typed live object")
INVALID = ApiError(422, "Invalid", "spec: no such key: variants")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY", Backoff(0, 0))
    monkeypatch.setattr(pace, "FIRST_REST_SECONDS", 0)


@pytest.mark.usefixtures("quick")
async def test_what_the_api_server_may_take_later_is_tried_again_and_told_once(caplog: pytest.LogCaptureFixture):
    server, statuses = ApiServer(), Statuses()
    refs = [ResourceRef("Flag", "shop", f"f{number}") for number in range(5)]
    server.failures = [AWAY, BUSY, ApiError(503, "", "starting"), BUSY]
    statuses.wants = dict.fromkeys(refs, 1)
    async with writing(server, statuses) as writer:
        writer.look(refs)
        await settle()
        assert (writer.writes, writer.failures) == (5, 4)
    assert statuses.has == dict.fromkeys(refs, 1)
    assert statuses.told == []
    assert [record.getMessage() for record in caplog.records] == ["statuses wait for the API server: no route"]


async def test_an_object_that_fits_no_schema_gets_its_status_another_way():
    server, statuses = ApiServer(), Statuses()
    server.failures, statuses.wants = [TYPED], {A: 1}
    async with writing(server, statuses) as writer:
        writer.look([A])
        await settle()
    assert statuses.has == {A: 1}
    assert [call.split()[0] for call in server.calls] == ["PATCH", "MERGE"]


async def test_a_status_that_is_refused_is_told_once_and_tried_later():
    server, statuses = ApiServer(), Statuses()
    server.failures, statuses.wants = [TYPED, INVALID], {A: 1}
    async with writing(server, statuses) as writer:
        for _ in range(3):
            writer.look([A])
            await settle()
        assert len(server.calls) == 2
        assert statuses.told == [A]
        # Another spec is another matter.
        statuses.generation = 2
        writer.look([A])
        await settle()
    assert statuses.has == {A: 1}


@pytest.mark.usefixtures("quick")
async def test_a_status_that_is_refused_again_is_told_no_more():
    server, statuses = ApiServer(), Statuses()
    server.failures, statuses.wants = [INVALID] * 6, {A: 1}
    async with writing(server, statuses) as writer:
        writer.look([A])
        for _ in range(20):
            await asyncio.sleep(0.001)
    assert statuses.has == {A: 1}
    assert statuses.told == [A]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("error", [ApiError(404, "NotFound", "gone"), ApiError(409, "Conflict", "another uid")])
async def test_what_is_gone_is_left_alone(error: ApiError):
    server, statuses = ApiServer(), Statuses()
    server.failures, statuses.wants = [error], {A: 1}
    async with writing(server, statuses) as writer:
        writer.look([A])
        await settle()
    assert len(server.calls) == 1


TOO_LARGE = ApiError(500, "", "etcdserver: request is too large")


@pytest.mark.parametrize("error", [TOO_LARGE, ApiError(413, "RequestEntityTooLarge", "limit is 3145728")])
async def test_an_object_without_room_for_a_status_holds_up_nobody_and_is_told(error: ApiError):
    server, statuses = ApiServer(), Statuses()
    server.failures = [error] * (2 if error is TOO_LARGE else 1)
    b = ResourceRef("Flag", "shop", "b")
    statuses.wants = {A: 1, b: 1}
    async with writing(server, statuses) as writer:
        writer.look([A])
        await settle()
        assert statuses.told == [A]
        writer.look([b])
        await settle()
        assert statuses.has == {b: 1}
        assert writer._pace.width == IN_FLIGHT


@pytest.mark.usefixtures("quick")
async def test_what_fails_again_while_others_are_written_is_a_matter_of_that_object():
    server, statuses = ApiServer(), Statuses()
    bad = "Flag/shop/bad"

    class Sick(ApiServer):
        async def apply(self, path: str, obj: dict[str, Any], manager: str, **options: object) -> dict[str, Any]:
            await asyncio.sleep(0)
            if obj["metadata"]["name"] == "bad":
                raise ApiError(500, "", "cannot be encoded")
            return await super().apply(path, obj, manager, **options)

        merge = apply

    server = Sick()
    refs = [ResourceRef("Flag", "shop", name) for name in ("bad", "a", "b", "c")]
    statuses.wants = dict.fromkeys(refs, 1)
    async with writing(server, statuses) as writer:
        async with asyncio.timeout(60):
            while not statuses.told:
                writer.look(refs)
                await asyncio.sleep(0.001)
                statuses.wants = {ref: number + 1 for ref, number in statuses.wants.items()}
    assert [f"{each.kind}/{each.namespace}/{each.name}" for each in statuses.told] == [bad]


async def test_two_who_write_the_same_status_are_bounded_and_told(caplog: pytest.LogCaptureFixture):
    server, statuses = ApiServer(), Statuses()

    class Contested(Statuses):
        theirs = 0

        def wanted(self, ref: ResourceRef) -> Wanted:
            self.theirs += 1
            return Wanted(ref, "u", self._status(1), {"n": -self.theirs, "observedGeneration": 1})

    statuses = Contested()
    async with writing(server, statuses) as writer:
        for _ in range(50):
            writer.look([A])
            await settle()
        assert len(server.calls) <= 5
        assert writer.rivalry.contested == 1
        statuses.generation = 2
        before = len(server.calls)
        writer.look([A])
        await settle()
        assert len(server.calls) == before + 1, "an edit is not made to wait"
    assert [each.getMessage() for each in caplog.records if "another client keeps writing" in each.getMessage()]


async def test_what_another_hand_put_into_a_status_is_taken_out_again():
    class Merging(ApiServer):
        async def apply(self, path: str, obj: dict[str, Any], manager: str, **options: object) -> dict[str, Any]:
            found = await super().apply(path, obj, manager, **options)
            found["status"]["published"] = "99/99"
            return found

    server, statuses = Merging(), Statuses()
    statuses.wants = {A: 1}
    async with writing(server, statuses) as writer:
        writer.look([A])
        await settle()
    assert [call.split()[0] for call in server.calls] == ["PATCH", "MERGE"]
