"""SIGTERM ends flagd in time, whatever has failed before: who reads its log, Envoy, a peer that says odd things."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ports import free_address
from tests.wire import h2
from tests.wire.conftest import running
from tests.wire.process import COMMAND, LISTENING, Flagd, eventually
from tests.wire.shop import SHOP

FORGED = "2026-11-28T23:59:59.999Z CRITICAL flagd.forged: hello"
GRACE_SECONDS = 30
"""What Kubernetes gives a pod by default."""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shop.yaml").write_text(SHOP)
    return tmp_path


def child(pid):
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def ended(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def goaway(address, text):
    """Send a GOAWAY whose debug text libraries print."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), 20) as connection, contextlib.suppress(OSError):
        payload = bytes(4) + (2).to_bytes(4, "big") + text
        connection.sendall(h2.PREFACE + h2.frame(h2.SETTINGS) + h2.frame(h2.GOAWAY, 0, 0, payload))
        connection.recv(1)


@pytest.mark.parametrize("verbosity", ["NONE", "DEBUG"])
def test_what_a_peer_says_neither_forges_a_line_of_log_nor_ends_the_log(folder, transport, verbosity, monkeypatch):
    monkeypatch.setenv("GRPC_VERBOSITY", verbosity)
    options = ("--transport", transport, "--ruleset-listen", "127.0.0.1:0")
    with running(folder, *options) as process:
        address = process.said("ruleset stream on").rpartition(" ")[2]
        for _ in range(3):
            goaway(address, b"\n" + FORGED.encode() + b"\n\x1fboom\n\x1b[2J\n")
        (folder / "shop.yaml").write_text(SHOP + SHOP.replace("name: ", "name: another-"))
        eventually(lambda: [one for one in process.log if "revision" in one["message"]][1:])
        assert not [one for one in process.log if one["level"] == "?"], process.log
        assert not [one for one in process.log if one["level"] == "CRITICAL"], process.log


def test_a_log_that_nobody_reads_stops_nothing(folder, transport):
    """The log is a pipe that is full from the start."""
    reading, writing = os.pipe()
    address = {name: free_address() for name in ("listen", "management-listen")}
    command = [COMMAND, "serve", "--manifests", folder, "--transport", transport, "--drain-timeout", "1"]
    command += [word for name, value in address.items() for word in (f"--{name}", value)]
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(4096))
    os.set_blocking(writing, True)
    process = subprocess.Popen(command, stderr=writing)
    try:
        eventually(lambda: _answers(address["management-listen"]))
        process.send_signal(signal.SIGTERM)
        assert process.wait(GRACE_SECONDS) == 0
    finally:
        process.kill()
        os.close(reading)
        os.close(writing)


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_it_ends_though_envoy_does_not_answer(folder, number):
    process = Flagd(folder, "--transport", "envoy", "--drain-timeout", "1")
    process.ready()
    envoy = child(process.pid)
    os.kill(envoy, number)
    process.signal()
    began = time.monotonic()
    assert process.wait() == 0
    assert time.monotonic() - began < GRACE_SECONDS
    assert ended(envoy)
    process.stop()


def test_envoys_death_by_memory_says_so(folder):
    with running(folder, "--transport", "envoy") as process:
        os.kill(child(process.pid), signal.SIGKILL)
        assert "memory limit" in process.said("Envoy ended unexpectedly")


HANGS = """
import asyncio, sys, threading, time
from flagd import cli
from flagd.server import serve
serve.END_SECONDS = 1.0
{hang}
cli.main()
"""
TASK = """
async def stubborn(self, *_):
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass
from flagd.server.application import Application
Application.stop = stubborn
"""
THREAD = """
from flagd.server.application import Application
before = Application.start
async def start(self):
    await before(self)
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 3600)
Application.start = start
"""
LOOP = """
from flagd.server.application import Application
async def drain(self):
    while True:
        time.sleep(0.1)
Application.drain = drain
"""


@pytest.mark.parametrize("hang", [TASK, THREAD, LOOP], ids=["task", "thread", "loop"])
def test_it_ends_though_something_hangs(folder, hang):
    free = ("--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0")
    options = ("--transport", "grpcio", "--drain-timeout", "0.5", "--log-format", "json")
    command = [sys.executable, "-c", HANGS.format(hang=hang), "serve", "--manifests", folder, *options, *free]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    lines = iter(process.stderr.readline, "")
    try:
        assert any(LISTENING.search(line) for line in lines)
        process.terminate()
        rest = [json.loads(line)["message"] for line in lines]
        assert process.wait(GRACE_SECONDS) == 1
        assert any("exiting anyway" in line for line in rest), rest
    finally:
        process.kill()
        process.stderr.close()


def _answers(address):
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), 5) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\n\r\n")
            return b" 200 " in connection.recv(65536)
    except OSError:
        return False
