"""The keeper: what is served is on disk; what was on disk is served."""

import asyncio
import logging

import pytest

from flagd.last_good.file import FILE_NAME, LastGoodFile
from flagd.manifest.reading.files import SourceFile
from flagd.metrics import Metrics
from flagd.sources.last_good_of_store import LastGoodOfStore
from flagd.sources.reading import Reading, take
from flagd.store import Store

FLAG = b"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {name: a, namespace: shop}
spec: {active: true, variants: [{key: "on"}]}
"""


@pytest.fixture
def snapshots():
    return take([SourceFile("a.yaml", FLAG)], Reading()).snapshots


def _keeper(folder, store=None, metrics=None):
    return LastGoodOfStore(LastGoodFile(folder), store or Store(), metrics or Metrics())


async def test_what_was_kept_is_restored_as_stale(tmp_path, snapshots):
    store = Store()
    store.replace(snapshots)
    await _keeper(tmp_path, store).keep()
    restored = Store()
    assert await _keeper(tmp_path, restored).restore() == dict(restored.snapshots)
    before, after = snapshots["shop"], restored.snapshots["shop"]
    assert (after.revision, after.stale, after.as_of) == (before.revision, True, before.as_of)
    assert after.engine.variant({}, "a").key == "off"


async def test_nothing_kept_is_nothing_restored(tmp_path):
    store = Store()
    assert await _keeper(tmp_path, store).restore() == {}
    assert not store.loaded


async def test_the_same_revisions_are_not_written_again(tmp_path, snapshots):
    store = Store()
    store.replace(snapshots)
    keeper = _keeper(tmp_path, store)
    await keeper.keep()
    (tmp_path / FILE_NAME).unlink()
    store.replace({name: one.at(1.0) for name, one in snapshots.items()})
    await keeper.keep()
    assert not (tmp_path / FILE_NAME).exists()


async def test_each_failed_attempt_is_counted(tmp_path, snapshots):
    store, metrics = Store(), Metrics()
    store.replace(snapshots)
    keeper = _keeper(tmp_path / "gone", store, metrics)
    await keeper.keep()
    await keeper.keep()
    assert metrics.state_errors == 2


async def test_a_damaged_file_is_logged_and_counted(tmp_path, caplog):
    (tmp_path / FILE_NAME).write_bytes(b"?")
    metrics = Metrics()
    with caplog.at_level(logging.WARNING):
        assert await _keeper(tmp_path, metrics=metrics).restore() == {}
    assert metrics.state_errors == 1
    assert caplog.messages == ["the last good ruleset is not used: it is not a file of last good rulesets"]


async def test_while_it_runs_every_replacement_is_kept(tmp_path, snapshots):
    store = Store()
    running = asyncio.create_task(_keeper(tmp_path, store).run())
    await asyncio.sleep(0)
    store.replace(snapshots)
    async with asyncio.timeout(60):
        while not (tmp_path / FILE_NAME).exists():
            await asyncio.sleep(0.001)
    running.cancel()
    assert list(LastGoodFile(tmp_path).read().rulesets) == ["shop"]
