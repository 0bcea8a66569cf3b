"""An event loop that hangs is late; that it was is remembered."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from flagoperator.cluster import heartbeat as module
from flagoperator.cluster.heartbeat import Heartbeat


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0.001)


def test_a_loop_that_hangs_in_another_thread_is_seen_to_be_late():
    beat, go_on = Heartbeat(), threading.Event()

    async def hang() -> None:
        beating = asyncio.create_task(beat.run())
        await asyncio.sleep(0)
        go_on.wait(20)
        await asyncio.sleep(0.01)
        beating.cancel()

    thread = threading.Thread(target=asyncio.run, args=[hang()])
    thread.start()
    ends = time.monotonic() + 20
    while beat.lag < 0.02 and time.monotonic() < ends:
        time.sleep(0.001)
    assert beat.lag >= 0.02
    go_on.set()
    thread.join()
    assert beat.worst >= 0.02
    assert beat.lag == 0, "nothing beats any more"


def test_a_loop_that_never_ran_is_not_late():
    assert Heartbeat().lag == 0
    assert Heartbeat().worst == 0
