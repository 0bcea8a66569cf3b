"""Long work gives the interpreter away often, and only as long as it runs."""

import asyncio
import sys

import pytest

from flagd.process.background import in_turns
from flagd.turns import SHORT_SECONDS

SHORT = pytest.approx(SHORT_SECONDS)


async def test_turns_are_short_while_work_runs():
    usual = sys.getswitchinterval()
    assert await in_turns(sys.getswitchinterval) == SHORT
    assert sys.getswitchinterval() == usual


async def test_turns_stay_short_until_the_last_work_ends():
    usual = sys.getswitchinterval()
    first, second = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait(event):
        asyncio.run_coroutine_threadsafe(event.wait(), loop).result()

    works = [asyncio.create_task(in_turns(wait, event)) for event in (first, second)]
    await asyncio.sleep(0)
    first.set()
    await works[0]
    assert sys.getswitchinterval() == SHORT
    second.set()
    await works[1]
    assert sys.getswitchinterval() == usual


async def test_work_that_fails_restores_the_turns():
    usual = sys.getswitchinterval()
    with pytest.raises(ZeroDivisionError):
        await in_turns(lambda: 1 // 0)
    assert sys.getswitchinterval() == usual
