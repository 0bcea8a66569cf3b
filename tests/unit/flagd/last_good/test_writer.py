"""The last good ruleset on disk: written when it changes, tried again while the disk takes nothing."""

import asyncio
import logging

import pytest

from flagd.backoff import Backoff
from flagd.last_good import writer as last_good_writer
from flagd.last_good.file import FILE_NAME, LastGoodFile, State
from flagd.last_good.writer import LastGoodWriter
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.signal import Signal


def _state(*projects):
    return State({project: HashedRuleset.empty(project).ruleset for project in projects}, 1.0)


@pytest.fixture
def disk(tmp_path):
    """A folder that takes nothing until it is made."""
    return tmp_path / "state"


@pytest.fixture(autouse=True)
def quick(monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(last_good_writer, "INTERVAL_SECONDS", 0.0)


async def test_a_write_that_failed_is_tried_again_without_a_change(disk, monkeypatch, caplog):
    monkeypatch.setattr(last_good_writer, "RETRY", Backoff(0.001, 0.001))
    signal, failures = Signal(), []
    writer = LastGoodWriter(LastGoodFile(disk), lambda: failures.append(1))
    with signal.subscribe() as changed:
        running = asyncio.create_task(writer.run(changed, lambda: _state("shop")))
        signal.wake()
        async with asyncio.timeout(60):
            while len(failures) < 3:
                await asyncio.sleep(0.001)
            disk.mkdir()
            while "kept again" not in caplog.text:
                await asyncio.sleep(0.001)
        running.cancel()
    assert list(LastGoodFile(disk).read().rulesets) == ["shop"]
    assert f"kept again, after {len(failures)} failed attempts" in caplog.messages[-1]


async def test_the_newest_state_is_what_the_next_attempt_writes(disk, monkeypatch, caplog):
    monkeypatch.setattr(last_good_writer, "RETRY", Backoff(0.001, 0.001))
    signal, states = Signal(), [_state("old")]
    writer = LastGoodWriter(LastGoodFile(disk))
    with signal.subscribe() as changed:
        running = asyncio.create_task(writer.run(changed, lambda: states[-1]))
        signal.wake()
        async with asyncio.timeout(60):
            while "is not kept" not in caplog.text:
                await asyncio.sleep(0.001)
            states.append(_state("new"))
            disk.mkdir()
            while not (disk / FILE_NAME).exists():
                await asyncio.sleep(0.001)
        running.cancel()
    assert list(LastGoodFile(disk).read().rulesets) == ["new"]


async def test_every_failure_says_why_and_when_it_tries_again_later_each_time(disk, caplog):
    writer = LastGoodWriter(LastGoodFile(disk))
    for _ in range(8):
        await writer.write(_state("shop"))
    why = "the last good ruleset is not kept: no such file or directory; next attempt in"
    assert caplog.messages == [f"{why} {seconds} s" for seconds in (1, 2, 4, 8, 16, 32, 60, 60)]


async def test_once_it_works_the_next_failure_starts_over(disk, caplog):
    writer = LastGoodWriter(LastGoodFile(disk))
    for _ in range(3):
        await writer.write(_state("shop"))
    disk.mkdir()
    await writer.write(_state("shop"))
    (disk / FILE_NAME).unlink()
    disk.rmdir()
    await writer.write(_state("ads"))
    assert caplog.messages[-1].endswith("next attempt in 1 s")


async def test_what_is_written_already_is_not_written_again(disk):
    disk.mkdir()
    writer = LastGoodWriter(LastGoodFile(disk))
    await writer.write(_state("shop"))
    (disk / FILE_NAME).unlink()
    await writer.write(_state("shop"))
    assert not (disk / FILE_NAME).exists()


async def test_what_the_file_holds_from_before_is_not_written_again(disk):
    disk.mkdir()
    writer = LastGoodWriter(LastGoodFile(disk))
    writer.remember(_state("shop").rulesets)
    await writer.write(_state("shop"))
    assert not (disk / FILE_NAME).exists()
