"""Supervision: calls end at their deadline and after their caller; others are let be."""

import asyncio

import pytest

from flagd.rpc.status import DeadlineExceeded
from flagd.transport.asgi import supervision
from flagd.transport.asgi.body import Disconnected
from flagd.transport.asgi.supervision import supervised


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(supervision, "FIRST_CHECK", 0.0001)


async def here():
    return {"type": "http.request", "body": b"", "more_body": False}


async def gone():
    return {"type": "http.disconnect"}


async def unasked():
    raise AssertionError("asked, though the call never waited")


async def at_once():
    return "done"


async def after_a_while(steps=20):
    for _ in range(steps):
        await asyncio.sleep(0.0002)
    return "done"


async def forever():
    await asyncio.Event().wait()


async def test_a_call_that_never_waits_is_not_supervised():
    assert await supervised(at_once(), unasked, 0.0) == "done"


async def test_a_call_that_waits_goes_on_while_its_caller_is_here():
    assert await supervised(after_a_while(), here, 60.0) == "done"


async def test_a_call_ends_at_its_deadline():
    with pytest.raises(DeadlineExceeded):
        await supervised(forever(), here, 0.001)


async def test_a_call_ends_after_its_caller():
    with pytest.raises(Disconnected):
        await supervised(forever(), gone, None)


async def test_what_a_call_raises_is_passed_on():
    async def fails():
        await asyncio.sleep(0)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await supervised(fails(), here, 60.0)


async def test_a_call_may_catch_what_it_waits_for():
    async def recovers():
        try:
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()
        except TimeoutError:
            return "recovered"

    assert await supervised(recovers(), here, 60.0) == "recovered"


async def test_a_cancellation_from_outside_stays_one():
    call = asyncio.create_task(supervised(forever(), here, 60.0))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_nothing_is_left_running():
    for receive in (here, gone):
        with pytest.raises((DeadlineExceeded, Disconnected)):
            await supervised(forever(), receive, 0.01)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_call_that_ends_just_when_its_caller_is_asked_about_is_asked_about_no_more():
    asked, answered = 0, asyncio.Event()

    async def counted():
        nonlocal asked
        asked += 1
        answered.set()
        return await here()

    await supervised(answered.wait(), counted, None)
    told, rounds = asked, 20
    for _ in range(rounds):
        await asyncio.sleep(supervision.FIRST_CHECK * rounds)
    assert asked == told == 1
