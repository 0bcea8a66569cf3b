from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from flagd.compiler import compile_project
from flagd.id_list.id_list import IdList, ListError, Supply
from flagd.ruleset.hashed_ids import HashedIds
from flagoperator.lists.fetched import Fetched, Mark
from flagoperator.lists.fetcher import Fetcher
from flagoperator.lists.source import Source
from flagoperator.reconcile.lists import PENDING
from flagoperator.run.list_keeper import ListKeeper
from flagoperator.run.model import Model
from tests.unit.flagd.compiler.manifest import resource
from tests.unit.flagoperator.reconcile.cluster import obj, ref

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flagd.manifest.parts.list_origin import ListOrigin

BETA = ref("beta", "FlagCohort")
SPEC = {"from": {"source": "warehouse", "path": "beta.csv"}}


def ids(size: int) -> IdList:
    return IdList(HashedIds.of([f"user-{number}" for number in range(size)]), 7)


class Scripted(Fetcher):
    """Gives what it is told to, look by look; the last again and again."""

    def __init__(self, folder: Path, *answers: Fetched | ListError) -> None:
        super().__init__({"warehouse": Source("warehouse", folder=folder, interval_seconds=0.0)})
        self.answers = list(answers)
        self.marks: list[Mark] = []

    async def fetch(self, origin: ListOrigin, mark: Mark) -> Fetched:  # noqa: ARG002
        self.marks.append(mark)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, ListError):
            raise answer
        return answer


def cluster(served: IdList | None = None) -> Model:
    model = Model()
    if served is not None:
        cohort = resource("FlagCohort", "beta", SPEC, {"namespace": "shop"})
        supplies = {BETA: Supply(served)}
        model.projects.remember({"shop": compile_project([cohort], project="shop", supplies=supplies).ruleset})
    model.cache.observe("FlagCohort", "ADDED", obj("FlagCohort", "beta", 1, SPEC))
    model.projects.take(model.cache.drain())
    return model


async def keep(model: Model, fetcher: Fetcher, until: Callable[[Supply], bool]) -> Supply:
    """Run a keeper until the cohort has a supply of which `until` is true; return that."""
    done: asyncio.Future[Supply] = asyncio.get_running_loop().create_future()

    def wake() -> None:
        entry = model.projects.taken(BETA)
        supply = None if entry is None else model.projects.lists.supply(entry)
        if supply is not None and until(supply) and not done.done():
            done.set_result(supply)

    task = asyncio.create_task(ListKeeper(model, fetcher, wake).run())
    try:
        return await asyncio.wait_for(done, 60)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flagoperator.run.list_keeper.LOOK_SECONDS", 0.0)


async def test_a_list_that_is_fetched_is_what_the_cohort_has(tmp_path: Path):
    model = cluster()
    found = await keep(model, Scripted(tmp_path, Fetched(ids(5), ("a",))), lambda supply: supply.held is not None)
    assert found == Supply(ids(5))
    assert BETA in model.projects.supply()


async def test_a_fault_keeps_the_last_good_list_until_the_server_says_that_it_is_the_same(tmp_path: Path):
    model = cluster()
    fetcher = Scripted(tmp_path, Fetched(ids(50), ("a",)), ListError("cut short"), Fetched(None, ("a",)))
    faults: list[str] = []

    def seen(supply: Supply) -> bool:
        faults.append(supply.fault)
        return len(faults) == 3

    assert await keep(model, fetcher, seen) == Supply(ids(50))
    assert faults == ["", "cut short", ""]
    assert fetcher.marks[:3] == [(), ("a",), ("a",)]
    assert model.metrics.fetches["warehouse", "failed"] == 1


async def test_a_list_that_is_suddenly_halved_is_not_believed_however_often_it_is_the_same(tmp_path: Path):
    model = cluster()
    fetcher = Scripted(tmp_path, Fetched(ids(50), ("a",)), Fetched(ids(5), ("b",)), Fetched(None, ("b",)))
    found = await keep(model, fetcher, lambda supply: bool(supply.fault))
    assert (found.held, "holds 5 ids where it held 50" in found.fault) == (ids(50), True)
    entry = model.projects.taken(BETA)
    assert entry is not None
    assert model.projects.lists.supply(entry) == found


async def test_the_first_list_after_a_restart_is_compared_with_what_was_served(tmp_path: Path):
    found = await keep(cluster(ids(50)), Scripted(tmp_path, Fetched(ids(5), ("b",))), lambda _: True)
    assert (found.held, "holds 5 ids" in found.fault) == (ids(50), True)


async def test_a_cohort_that_comes_later_is_followed_and_one_that_is_gone_forgotten(tmp_path: Path):
    model = Model()
    fetcher, woken = Scripted(tmp_path, Fetched(ids(5), ("a",))), asyncio.Event()
    task = asyncio.create_task(ListKeeper(model, fetcher, woken.set).run())
    try:
        model.cache.observe("FlagCohort", "ADDED", obj("FlagCohort", "beta", 1, SPEC))
        model.projects.take(model.cache.drain())
        await asyncio.wait_for(woken.wait(), 60)
        entry = model.projects.taken(BETA)
        assert entry is not None
        assert model.projects.lists.supply(entry) == Supply(ids(5))
        model.cache.observe("FlagCohort", "DELETED", obj("FlagCohort", "beta", 2, SPEC))
        model.projects.take(model.cache.drain())
        async with asyncio.timeout(60):
            while model.projects.lists.supply(entry) != PENDING:
                await asyncio.sleep(0)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
