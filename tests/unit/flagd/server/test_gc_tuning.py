"""What is done so that the collector does not hold up calls."""

import asyncio
import gc
import time

import pytest

from flagd.ruleset import Ruleset
from flagd.server.gc_tuning import YOUNG_OBJECTS, keep_short
from flagd.snapshot import Snapshot
from flagd.store import Store


@pytest.fixture
async def store():
    thresholds = gc.get_threshold()
    gc.unfreeze()
    store = Store()
    task = asyncio.create_task(keep_short(store, settle_seconds=0))
    await asyncio.sleep(0)
    yield store
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    assert gc.isenabled()


def _snapshot():
    return Snapshot.make(Ruleset("shop", {}, {}, {}, {}, "revision"), None, time.time())


async def _replace(store, snapshot):
    store.replace({"shop": snapshot})
    for _ in range(3):
        await asyncio.sleep(0)


async def test_nothing_is_collected_before_the_first_ruleset(store):
    assert store.snapshots == {}
    assert not gc.isenabled()


async def test_a_ruleset_in_use_is_out_of_the_collectors_sight(store):
    await _replace(store, _snapshot())
    assert gc.get_freeze_count() > 0
    assert gc.isenabled()


async def test_so_is_the_one_that_takes_its_place(store):
    await _replace(store, _snapshot())
    gc.unfreeze()
    await _replace(store, _snapshot())
    assert gc.get_freeze_count() > 0


async def test_a_ruleset_that_is_only_confirmed_changes_nothing(store):
    snapshot = _snapshot()
    await _replace(store, snapshot)
    gc.unfreeze()
    await _replace(store, snapshot.at(time.time()))
    assert gc.get_freeze_count() == 0


@pytest.mark.usefixtures("store")
async def test_calls_that_run_are_not_walked_through_all_the_time():
    assert gc.get_threshold()[0] == YOUNG_OBJECTS
