"""What one open stream owes, and what becomes of a peer that reads nothing."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flagd.sync.publisher.ack_deadline import AckDeadline
from flagd.sync.publisher.stream import Stream


def _stream(silence: float = 60.0) -> Stream:
    subscription, session = SimpleNamespace(name="flagd-0"), SimpleNamespace(waiting=False)
    return Stream(cast("Any", subscription), None, cast("Any", session), AckDeadline(silence), cast("Any", None))


def test_who_owes_nothing_has_all_the_time_there_is():
    stream = _stream()
    assert stream.time_left == float("inf")
    stream.owe()
    assert 0 < stream.time_left <= 60
    stream.heard()
    assert stream.time_left == float("inf")


def test_what_is_large_may_take_longer():
    small, large = _stream(), _stream()
    small.owe(1)
    large.owe(16 << 20)
    assert large.time_left > small.time_left + 900


async def test_a_peer_that_reads_nothing_is_given_up(caplog):
    stream = _stream(silence=0.01)
    stream.owe()

    async def send() -> None:
        with stream.in_time():
            await asyncio.Event().wait()

    sending = asyncio.create_task(send())
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(sending, 60)
    assert caplog.messages == ["subscriber 'flagd-0' reads nothing, closing its stream"]


async def test_what_is_done_in_time_goes_on():
    stream = _stream()
    stream.owe()
    with stream.in_time():
        await asyncio.sleep(0)
    assert asyncio.current_task().cancelling() == 0
