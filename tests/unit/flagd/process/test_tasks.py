"""A part that ends by itself is noticed, whatever ended it; one that is asked to is not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from flagd.backoff import Backoff
from flagd.process import tasks as module
from flagd.process.tasks import RESTARTS, TaskEndedError, Tasks, first

if TYPE_CHECKING:
    from collections.abc import Coroutine


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESTART", Backoff(0, 0))


async def forever() -> None:
    await asyncio.Event().wait()


async def broken() -> None:
    raise RuntimeError("no such thing")


async def done() -> None:
    return


async def cancelled() -> None:
    raise asyncio.CancelledError


async def exiting() -> None:
    raise SystemExit(3)


def unmade() -> Coroutine[Any, Any, None]:
    raise OSError("before there is a coroutine")


ENDS = [
    (broken, "failed"),
    (done, "returned"),
    (cancelled, "was cancelled"),
    (exiting, "failed"),
    (unmade, "failed"),
]


@pytest.mark.parametrize(("work", "reason"), ENDS)
async def test_a_part_that_ends_by_itself_fails_all(work, reason: str, caplog: pytest.LogCaptureFixture):
    tasks = Tasks()
    tasks.start("good", forever)
    tasks.check()
    tasks.start("bad", work)
    with pytest.raises(TaskEndedError, match="bad"):
        await tasks.fail()
    assert tasks.ended == ["bad"]
    assert f"bad has ended: it {reason}" in caplog.text
    assert ("no such thing" in caplog.text) is (work is broken)
    await tasks.stop()


@pytest.mark.parametrize(("work", "reason"), ENDS)
async def test_a_part_that_may_be_restarted_is_until_that_does_not_help(
    work, reason: str, caplog: pytest.LogCaptureFixture
):
    tasks = Tasks()
    tasks.start("bad", work, restart=True)
    with pytest.raises(TaskEndedError, match="bad"):
        await tasks.fail()
    assert tasks.restarts == {"bad": RESTARTS}
    assert sum(f"it {reason}; restarting" in message for message in caplog.messages) == RESTARTS


async def test_a_part_that_was_restarted_goes_on():
    tasks, runs = Tasks(), []

    async def once_broken() -> None:
        runs.append(None)
        if len(runs) == 1:
            raise RuntimeError
        await forever()

    tasks.start("healed", once_broken, restart=True)
    async with asyncio.timeout(60):
        while len(runs) < 2:
            await asyncio.sleep(0)
    assert tasks.ended == []
    await tasks.stop()


async def test_a_part_that_ran_long_may_be_restarted_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "STABLE_SECONDS", -1.0)
    tasks = Tasks()
    tasks.start("bad", done, restart=True)
    async with asyncio.timeout(60):
        while tasks.restarts["bad"] <= RESTARTS:
            await asyncio.sleep(0)
    assert tasks.ended == []
    await tasks.stop()


async def test_parts_that_are_asked_to_end_have_not_failed():
    tasks = Tasks()
    tasks.start("one", forever)
    tasks.start("two", forever, restart=True)
    tasks.cancel("one", "unknown")
    await tasks.stop()
    assert tasks.ended == []


async def test_a_part_that_waits_for_its_restart_ends_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RESTART", Backoff(0.001, 0.1))
    tasks, runs = Tasks(), []

    async def counted() -> None:
        runs.append(None)

    tasks.start("one", counted, restart=True)
    while not runs:
        await asyncio.sleep(0)
    await tasks.stop()
    await asyncio.sleep(0.01)
    assert len(runs) == 1


async def test_a_part_made_of_parts_says_which_has_ended_and_is_not_restarted_for_it():
    inner, outer, told = Tasks(), Tasks(given_up=lambda name: told.append(name)), []
    inner.start("engine", broken)
    outer.start("car", inner.fail, restart=True)
    with pytest.raises(TaskEndedError):
        await outer.fail()
    assert (outer.ended, outer.restarts, told) == (["car (engine)"], {}, ["car"])


async def test_the_first_that_ends_decides_and_the_others_are_cancelled():
    ended = asyncio.Event()

    async def long() -> None:
        try:
            await forever()
        finally:
            ended.set()

    await first(done(), long())
    assert ended.is_set()
    with pytest.raises(RuntimeError, match="no such thing"):
        await first(long(), broken())
