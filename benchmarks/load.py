"""Load: gRPC calls from h2load (Debian package nghttp2-client) on the other core."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cores
from benchmarks.figure import percentile

PACKAGE = "nghttp2-client"
WARM_UP_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Shape:
    """How many calls wait at a time.

    Attributes:
        connections: that are open.
        calls: on each.
    """

    connections: int
    calls: int


USUAL = Shape(connections=4, calls=16)


class LoadError(Exception):
    """h2load is missing, or calls failed."""


class UnansweredError(LoadError):
    """No call failed, and none was answered in the time."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One call.

    Attributes:
        start: seconds since the epoch.
        milliseconds: until the end of the response.
    """

    start: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of h2load saw.

    Attributes:
        calls: how many were answered.
        seconds: how long it took.
        body_bytes: of the responses, gRPC's five-byte prefix included.
        samples: every call.
    """

    calls: int
    seconds: float
    body_bytes: int
    samples: tuple[Sample, ...]

    @property
    def per_second(self) -> float:
        """Calls per second."""
        return self.calls / self.seconds

    def latency(self, percent: float) -> float:
        """Percentile of the latency in milliseconds."""
        return percentile([sample.milliseconds for sample in self.samples], percent)


def frame(message: bytes) -> bytes:
    """A gRPC message as it is on the wire, not compressed."""
    return struct.pack(">BI", 0, len(message)) + message


def ensure_installed() -> None:
    """Install h2load where that is possible.

    Raises:
        LoadError: it is missing, and this is not root on Debian.
    """
    if shutil.which("h2load"):
        return
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        subprocess.run([apt, "install", "--yes", "--quiet", PACKAGE], check=True, stdout=subprocess.DEVNULL)
    if not shutil.which("h2load"):
        raise LoadError(f"h2load is needed: apt-get install {PACKAGE}")


def calls(port: int, path: str, message: bytes, seconds: float, *, shape: Shape = USUAL) -> Load:
    """Call for so many seconds, as fast as the server answers.

    Raises:
        LoadError: calls failed, or were answered without a message.
        UnansweredError: none failed, and none was answered.
    """
    with tempfile.TemporaryDirectory() as directory:
        body, log = Path(directory) / "body", Path(directory) / "log"
        body.write_bytes(frame(message))
        command = [
            *("h2load", f"--duration={seconds * 1e3:.0f}ms", "--threads=1", f"--clients={shape.connections}"),
            *(f"--max-concurrent-streams={shape.calls}", f"--data={body}", f"--log-file={log}"),
            *("--header=content-type: application/grpc", "--header=te: trailers"),
            f"http://127.0.0.1:{port}{path}",
        ]
        done = subprocess.run(cores.pinned(cores.OTHERS, command), capture_output=True, text=True, check=True)
        return _read(done.stdout, log.read_text())


def _read(output: str, log: str) -> Load:
    requests = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", output)
    finished = re.search(r"finished in ([\d.]+)(us|ms|s),", output)
    traffic = re.search(r"\((\d+)\) data", output)
    if not requests or not finished or not traffic:
        raise LoadError(f"h2load said: {output[-500:]}")
    succeeded, failed, errored, _ = map(int, requests.groups())
    if failed or errored or not succeeded:
        kind = LoadError if failed or errored else UnansweredError
        raise kind(f"{succeeded} calls succeeded, {failed} failed, {errored} errored:\n{output[-1000:]}")
    seconds = float(finished[1]) * {"s": 1, "ms": 1e-3, "us": 1e-6}[finished[2]]
    samples = tuple(_sample(line) for line in log.splitlines())
    return Load(succeeded, seconds, int(traffic[1]), samples)


def _sample(line: str) -> Sample:
    start, _, microseconds = line.split("\t")[:3]
    return Sample(int(start) / 1e6, int(microseconds) / 1e3)
