"""A watch that ends, or that says nothing of what lists find, is restarted."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from flagd.backoff import Backoff
from flagd.manifest import KINDS
from flagoperator.cluster import watch
from flagoperator.cluster.address import GROUP_PATH, collection
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.reception import Reception
from flagoperator.reconcile.resource_cache import ResourceCache
from flagoperator.run import reflector as module
from flagoperator.run import watch_health
from flagoperator.run.monitoring.metrics import OperatorMetrics
from flagoperator.run.reflector import Reflector, Scope
from tests.unit.flagoperator.cluster.api_server import ApiServer
from tests.unit.flagoperator.reconcile.cluster import flag

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


class FakeWatch:
    """Says and does what a test wants. The real one is tested on a real API server."""

    started: list[FakeWatch]

    def __init__(
        self, _connection: object, _namespaces: object, _since: object, _list_soon: object, report: Callable[..., None]
    ) -> None:
        self.report = report
        self.end = asyncio.Event()
        self.reception = Reception(["/flags"])

    async def start(self) -> None:
        FakeWatch.started.append(self)

    async def ended(self) -> None:
        await self.end.wait()

    async def stop(self) -> None:
        self.end.set()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeWatch.started = []
    monkeypatch.setattr(watch, "Watch", FakeWatch)
    monkeypatch.setattr(watch_health, "DEAF_SECONDS", 0)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0)
    for name in ("RETRY", "CRDS_RETRY"):
        monkeypatch.setattr(module, name, Backoff(0, 0))


def served() -> ApiServer:
    server = ApiServer()
    server.objects[GROUP_PATH] = {"resources": [{"name": f"{kind.lower()}s", "verbs": ["create"]} for kind in KINDS]}
    for kind in KINDS:
        server.objects[collection(kind)] = {"metadata": {"resourceVersion": "1"}, "items": []}
    return server


def change(server: ApiServer, version: int, *flags: dict[str, Any]) -> None:
    server.objects[collection("Flag")] = {"metadata": {"resourceVersion": str(version)}, "items": list(flags)}


@asynccontextmanager
async def running(server: ApiServer) -> AsyncIterator[tuple[Reflector, ResourceCache, OperatorMetrics]]:
    cache, metrics = ResourceCache(), OperatorMetrics()
    reflector = Reflector(server, None, Scope((), 3600), cache, metrics)  # type: ignore[arg-type]
    task = asyncio.create_task(reflector.run())
    try:
        yield reflector, cache, metrics
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(check: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not check():
            await asyncio.sleep(0)


def test_kopf_is_not_imported_for_what_comes_before_the_watch():
    code = "import sys, flagoperator.run.run; sys.exit('kopf' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


async def test_nothing_is_watched_before_the_kinds_are_served_and_listed():
    server = served()
    definition = server.objects.pop(GROUP_PATH)
    async with running(server) as (_, cache, _metrics):
        await until(lambda: len(server.calls) > 3)
        assert not FakeWatch.started
        server.objects[GROUP_PATH] = definition
        await until(lambda: FakeWatch.started)
        assert cache.complete


async def test_a_watch_that_ends_is_begun_anew_after_a_list():
    server = served()
    async with running(server) as (_, cache, metrics):
        await until(lambda: FakeWatch.started)
        change(server, 5, flag("a", 4))
        FakeWatch.started[0].end.set()
        await until(lambda: len(FakeWatch.started) == 2)
        assert cache.count("Flag") == 1
        assert metrics.watch_restarts == 1


async def test_a_watch_that_is_silent_about_what_a_list_finds_is_begun_anew():
    server = served()
    async with running(server) as (reflector, _cache, metrics):
        await until(lambda: FakeWatch.started)
        change(server, 5, flag("a", 4))
        reflector.list_soon()
        await until(lambda: len(FakeWatch.started) == 2)
        assert metrics.relist_differences == 1


async def test_a_list_that_finds_nothing_new_leaves_the_watch_alone():
    server = served()
    async with running(server) as (reflector, _cache, metrics):
        await until(lambda: FakeWatch.started)
        change(server, 5, flag("a", 4))
        FakeWatch.started[0].report("Flag", "ADDED", flag("a", 4))
        reflector.list_soon()
        await until(lambda: sum(metrics.relists.counts) == 2)
        await asyncio.sleep(0)
        assert len(FakeWatch.started) == 1


async def test_a_watch_that_does_not_run_is_known(monkeypatch: pytest.MonkeyPatch):
    async with running(served()) as (reflector, _, _):
        await until(lambda: FakeWatch.started)
        assert reflector.unwatched == []
        monkeypatch.setattr(module, "UNWATCHED_SECONDS", -1.0)
        assert reflector.unwatched == ["/flags"]


async def test_a_list_without_a_kind_that_was_not_served_since_the_last_proves_nothing():
    server = served()
    change(server, 5, flag("a", 4))
    async with running(server) as (reflector, cache, metrics):
        await until(lambda: FakeWatch.started)
        believed = reflector.believed
        assert believed == reflector.listed
        definition = server.objects.pop(GROUP_PATH)
        change(server, 9)
        reflector.list_soon()
        await until(lambda: reflector.unserved)
        assert (reflector.believed, cache.count("Flag")) == (believed, 0)
        server.objects[GROUP_PATH] = definition
        for proof in (False, True):
            lists = sum(metrics.relists.counts)
            reflector.list_soon()
            await until(lambda count=lists: sum(metrics.relists.counts) > count)  # type: ignore[misc]
            await until(lambda: not reflector.unserved)
            assert (reflector.believed > believed) is proof


async def test_when_something_is_deleted_it_is_known_whether_its_kind_is_served_before_anybody_is_told():
    server = served()
    change(server, 5, flag("a", 4))
    async with running(server) as (reflector, cache, _metrics):
        await until(lambda: FakeWatch.started)
        seen: list[frozenset[str]] = []
        reflector._changed = lambda: seen.append(reflector.unserved)
        del server.objects[GROUP_PATH]["resources"][list(KINDS).index("Flag")]
        FakeWatch.started[0].report("Flag", "DELETED", flag("a", 6))
        assert cache.count("Flag") == 0
        assert seen == []
        await until(lambda: seen)
        assert set(seen) == {frozenset({"Flag"})}


async def test_a_deletion_is_told_while_the_kind_is_served_and_while_that_cannot_be_asked():
    server = served()
    change(server, 5, flag("a", 4))
    async with running(server) as (reflector, _cache, _metrics):
        await until(lambda: FakeWatch.started)
        seen: list[frozenset[str]] = []
        reflector._changed = lambda: seen.append(reflector.unserved)
        FakeWatch.started[0].report("Flag", "DELETED", flag("a", 6))
        await until(lambda: seen)
        seen.clear()
        server.failures = [ApiError(0, "", "no answer")]
        FakeWatch.started[0].report("Flag", "ADDED", flag("b", 7))
        seen.clear()
        FakeWatch.started[0].report("Flag", "DELETED", flag("b", 8))
        await until(lambda: seen)
        assert set(seen) == {frozenset()}
