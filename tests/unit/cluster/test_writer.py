"""Of each resource one status is on its way at a time, the latest, and what fails is tried again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import ResourceRef
from flagoperator.cluster import writer as module
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.writer import IN_FLIGHT, Wanted, Writer
from tests.unit.cluster.api_server import ApiServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

A = ResourceRef("Flag", "shop", "a")


class Statuses:
    """Wants of each resource the number in `wants`."""

    def __init__(self) -> None:
        self.writing = True
        self.wants: dict[ResourceRef, int] = {}
        self.has: dict[ResourceRef, int] = {}

    def wanted(self, ref: ResourceRef) -> Wanted | None:
        wants = self.wants.get(ref)
        return None if wants is None or wants == self.has.get(ref) else Wanted(ref, "u", {"n": wants}, {})

    async def written(self, wanted: Wanted, obj: dict[str, Any]) -> None:
        self.has[wanted.ref] = obj["status"]["n"]


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


async def test_a_failure_is_tried_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RETRY_SECONDS", 0)
    server, statuses = ApiServer(), Statuses()
    server.failures = [ApiError(500, "InternalError", "etcd is away")]
    statuses.wants = {A: 1}
    async with writing(server, statuses) as writer:
        writer.look([A])
        await settle()
        assert (writer.writes, writer.failures) == (1, 1)
    assert statuses.has == {A: 1}


@pytest.mark.parametrize("error", [ApiError(404, "NotFound", "gone"), ApiError(409, "Conflict", "another uid")])
async def test_what_is_gone_is_left_alone(error: ApiError, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RETRY_SECONDS", 0)
    server, statuses = ApiServer(), Statuses()
    server.failures, statuses.wants = [error], {A: 1}
    async with writing(server, statuses) as writer:
        writer.look([A])
        await settle()
    assert len(server.calls) == 1
