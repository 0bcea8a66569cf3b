"""The end of a run: the first signal drains, a second one stops. The server is a stand-in whose drain never ends."""

import asyncio
import logging
import os
import signal
import socket
from pathlib import Path

import pytest

from flagd.process import signals
from flagd.process.deadline import Deadline
from flagd.process.tasks import TaskEndedError
from flagd.rpc.transport import TlsFiles
from flagd.server import serve as module
from flagd.server.options import Options
from flagd.server.serve import serve

FREE = {"listen": "127.0.0.1:0", "management_listen": "127.0.0.1:0"}


class Endless:
    address = management_address = "127.0.0.1:1"

    def __init__(self):
        self.asked = []
        self.cut = False

    async def start(self):
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)

    async def fail(self):
        await asyncio.Event().wait()

    def kill(self):
        raise AssertionError("there was time")

    async def drain(self, seconds):
        self.asked.append(seconds)
        try:
            await asyncio.Event().wait()
        finally:
            self.cut = True


class Failing(Endless):
    async def start(self):
        return

    async def fail(self):
        raise TaskEndedError(["envoy"])

    async def drain(self, seconds):
        self.asked.append(seconds)


@pytest.fixture
def server(monkeypatch):
    server = Endless()
    monkeypatch.setattr(module, "choose", lambda _options: server)
    return server


@pytest.fixture
def deadline():
    with Deadline() as deadline:
        yield deadline


async def test_a_second_signal_cuts_the_drain(server, deadline, monkeypatch, caplog):
    monkeypatch.setattr(signals, "SAME_SIGNAL_SECONDS", 0.0)
    with caplog.at_level(logging.INFO):
        running = asyncio.create_task(serve(Options(Path(), drain_seconds=7, **FREE), deadline))
        while not server.asked:
            await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGINT)
        await running
    assert (server.asked, server.cut) == ([7], True)
    assert "stopping immediately, calls in flight are cut off" in caplog.messages


async def test_a_part_that_has_ended_for_good_drains_and_ends_the_run(deadline, monkeypatch):
    failing = Failing()
    monkeypatch.setattr(module, "choose", lambda _options: failing)
    async with asyncio.timeout(60):
        with pytest.raises(TaskEndedError, match="envoy"):
            await serve(Options(Path(), drain_seconds=7, **FREE), deadline)
    assert failing.asked == [7]


@pytest.mark.parametrize("option", [*FREE, "ruleset_listen"])
async def test_nothing_is_started_for_an_address_that_somebody_has(option, server, deadline):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OSError, match=f"cannot listen on {address}: address already in use"):
            await serve(Options(Path(), **FREE | {option: address}), deadline)
    assert server.asked == []


async def test_nothing_is_started_with_tls_files_that_cannot_be_used(server, deadline, tmp_path):
    (tmp_path / "tls.crt").touch()
    files = TlsFiles(tmp_path / "tls.crt", tmp_path / "tls.crt")
    with pytest.raises(OSError, match=r"tls\.crt holds no PEM certificate"):
        await serve(Options(Path(), tls=files, **FREE), deadline)
    assert server.asked == []


async def test_a_signal_that_comes_twice_at_once_is_one(server, deadline, monkeypatch):
    monkeypatch.setattr(signals, "SAME_SIGNAL_SECONDS", 3600.0)
    running = asyncio.create_task(serve(Options(Path(), drain_seconds=7, **FREE), deadline))
    while not server.asked:
        await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(10):
        await asyncio.sleep(0)
    assert not server.cut
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
