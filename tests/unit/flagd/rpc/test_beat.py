"""Beat: when a stream is due to say that it lives."""

import asyncio

import pytest

from flagd.rpc.beat import Beat


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_it_is_due_by_the_clock_and_again_after_it_was_given():
    clock = Clock()
    beat = Beat(15.0, clock)
    clock.now = 14.0
    assert (beat.due, beat.left) == (False, 1.0)
    clock.now = 16.0
    assert (beat.due, beat.left) == (True, 0.0)
    beat.given()
    assert (beat.due, beat.left) == (False, 15.0)


async def test_being_woken_does_not_put_it_off():
    clock, changed = Clock(), asyncio.Event()
    beat = Beat(15.0, clock)
    for clock.now in range(0, 15, 5):
        changed.set()
        await beat.wait(changed)
        changed.clear()
    assert beat.left == pytest.approx(5.0)


async def test_waiting_ends_at_the_beat_and_after_the_longest():
    await Beat(0.01).wait(asyncio.Event())
    await Beat(3600.0).wait(asyncio.Event(), 0.01)
