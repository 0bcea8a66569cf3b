"""A part of the operator that ends by itself is noticed; one that is asked to is not."""

from __future__ import annotations

import asyncio

import pytest

from flagoperator.run.tasks import TaskEndedError, Tasks


async def forever() -> None:
    await asyncio.Event().wait()


async def broken() -> None:
    raise RuntimeError("no such thing")


async def done() -> None:
    return


@pytest.mark.parametrize("work", [broken, done])
async def test_a_part_that_ends_by_itself_fails_all(work, caplog: pytest.LogCaptureFixture):
    tasks = Tasks()
    tasks.start("good", forever())
    tasks.start("bad", work())
    with pytest.raises(TaskEndedError, match="bad"):
        await tasks.fail()
    assert tasks.ended == ["bad"]
    assert "bad has ended" in caplog.text
    assert ("no such thing" in caplog.text) is (work is broken)
    await tasks.stop()


async def test_parts_that_are_asked_to_end_have_not_failed():
    tasks = Tasks()
    tasks.start("one", forever())
    tasks.start("two", forever())
    tasks.cancel("one")
    await tasks.stop()
    assert tasks.ended == []
