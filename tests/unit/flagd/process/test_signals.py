import asyncio
import os
import signal

from flagd.process import signals
from flagd.process.signals import Signals

SECONDS = 60


async def heard(event):
    async with asyncio.timeout(SECONDS):
        await event.wait()


async def test_the_first_signal_asks_and_a_later_one_insists(monkeypatch):
    monkeypatch.setattr(signals, "SAME_SIGNAL_SECONDS", -1.0)
    calls = []
    with Signals(lambda: calls.append("first")) as caught:
        os.kill(os.getpid(), signal.SIGTERM)
        await heard(caught.asked)
        assert not caught.insisted.is_set()
        os.kill(os.getpid(), signal.SIGINT)
        await heard(caught.insisted)
    assert calls == ["first"]


async def test_the_same_signal_sent_twice_does_not_insist(monkeypatch):
    monkeypatch.setattr(signals, "SAME_SIGNAL_SECONDS", 3600.0)
    with Signals(lambda: None) as caught:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        await heard(caught.asked)
        os.kill(os.getpid(), signal.SIGHUP)
        await heard(caught.hung_up)
        assert not caught.insisted.is_set()


async def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with Signals(lambda: None):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
