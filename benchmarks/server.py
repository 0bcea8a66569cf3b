"""Server: a process to be measured, on the measured core, with its children."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import AbstractContextManager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.error import URLError

from benchmarks import cores
from benchmarks.environment import ROOT
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

START_SECONDS = 120
STOP_SECONDS = 20
POLL_SECONDS = 0.05
USER_TIME, SYSTEM_TIME = 11, 12
FLAGD = str(Path(sys.executable).with_name("flagd"))


class Server(AbstractContextManager["Server"]):
    """A process that serves gRPC.

    Attributes:
        name: its command.
        port: of its calls.
    """

    def __init__(self, command: list[str], port: int, ready: Callable[[], bool]) -> None:
        self.name = " ".join(command)
        self.port = port
        self._process = subprocess.Popen(
            cores.pinned(cores.MEASURED, command),
            cwd=ROOT,
            stdout=sys.stderr,
        )
        self._wait_for(ready)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def cpu_seconds(self) -> float:
        """Processor time of the process and its children so far."""
        ticks = 0
        for pid in self._family():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[USER_TIME]) + int(fields[SYSTEM_TIME])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident(self) -> int:
        """Bytes of memory of the process and its children."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._family())
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _family(self) -> list[int]:
        family = [self._process.pid]
        for pid in family:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                family += map(int, children.read_text().split())
        return family

    def _wait_for(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with exit code {self._process.returncode}")
            if time.monotonic() > deadline:
                self._process.kill()
                raise RuntimeError(f"{self.name} was not ready within {START_SECONDS} s")
            time.sleep(POLL_SECONDS)


def empty_grpcio() -> Server:
    """An empty handler on grpc.aio."""
    port = free_port()
    return Server([sys.executable, "-m", "benchmarks.servers.empty", str(port)], port, lambda: _listening(port))


def empty_pyvoy() -> Server:
    """An empty handler on pyvoy."""
    port = free_port()
    return Server([sys.executable, "-m", "benchmarks.servers.empty_pyvoy", str(port)], port, lambda: _listening(port))


def go_flagd(program: Path, flags: Path) -> Server:
    """Go flagd's evaluation service on a file of flags."""
    port, management = free_port(), free_port()
    return Server([str(program), str(port), str(management), str(flags)], port, lambda: _listening(port))


def flagd(manifests: Path, transport: str) -> Server:
    """`flagd serve` on a directory of manifests."""
    return _flagd(["--manifests", str(manifests)], transport)


def following(operator: str, transport: str) -> Server:
    """`flagd serve` of what is published at an address."""
    return _flagd(["--operator", operator, f"--ruleset-listen=127.0.0.1:{free_port()}"], transport)


def _flagd(source: list[str], transport: str) -> Server:
    port, management = free_port(), free_port()
    command = [FLAGD, "serve", *source, "--transport", transport]
    addresses = [f"--listen=127.0.0.1:{port}", f"--management-listen=127.0.0.1:{management}", "--log-level=warning"]
    url = f"http://127.0.0.1:{management}/readyz"
    return Server([*command, *addresses], port, lambda: _ready(url) and _listening(port))


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310
            return response.status == HTTPStatus.OK
    except (URLError, OSError):
        return False
