"""10,000 flags: memory of a flagd that serves them, and the latency of calls while one of them changes all the time.

It changes in a folder, and then, for another flagd, at an operator, whose stream tells of it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import cores, edit, manifests, server
from benchmarks.caller import Caller, request
from benchmarks.environment import ROOT
from benchmarks.figure import Figure, Goal, figure, percentile, ratios

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.server import Server

Change = Callable[[int], float]
"""Sets the percentage of the last flag, and returns when, in seconds since the epoch."""

TAIL = 99
ATTEMPTS = 20
TWICE = Goal(2, least=False)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is spent.

    Attributes:
        flags: in the project.
        rounds: of load, in each of which nothing changes for a while, then one flag again and again.
        seconds: of either half of a round.
        pause: seconds between two edits.
        rate: calls per second, about half of what a core can do.
    """

    flags: int = 10_000
    rounds: int = 6
    seconds: float = 4.0
    pause: float = 0.2
    rate: float = 1_200


FULL = Effort()
SMOKE = Effort(flags=20, rounds=1, seconds=0.5, rate=50)


def measure(effort: Effort = FULL) -> list[Figure]:
    """Memory against a flagd with one flag, latency against the same load without a change."""
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        manifests.write(Path(small), manifests.COUNTRY_FLAG, 1)
        manifests.write(Path(large), manifests.COUNTRY_FLAG, effort.flags)
        print(f"  flagd with {effort.flags} flags", file=sys.stderr)
        with server.flagd(Path(small), "grpcio") as one:
            base = one.resident()
        started = time.monotonic()
        with server.flagd(Path(large), "grpcio") as many:
            seconds = time.monotonic() - started
            resident = many.resident()
            caller = Caller(many, request([manifests.name_of(0)]), answers=1)
            caller.pace(effort.rate, 1)
            with _operator(Path(large)) as (following, publish):
                follower = Caller(following, request([manifests.name_of(0)]), answers=1)
                follower.pace(effort.rate, 1)
                print(f"  {effort.rounds} rounds of four times {effort.seconds} s", file=sys.stderr)
                before = caller.revision(), follower.revision()
                rounds = [
                    (_round(caller, partial(edit.last_flag, Path(large)), effort), _round(follower, publish, effort))
                    for _ in range(effort.rounds)
                ]
                if caller.revision() == before[0] or follower.revision() == before[1]:
                    raise RuntimeError("a flag was changed, and what is served was not")
            after = many.resident()
    flags = f"{effort.flags:,} flags"
    of_folder, of_stream = zip(*rounds, strict=True)
    return [
        figure(f"flagd with {flags}: from start to ready", [seconds], "s"),
        figure(f"flagd with {flags}: memory", [resident / 2**20], "MiB"),
        figure(
            f"flagd with {flags}: memory on top of one flag", [(resident - base) / effort.flags / 1024], "KiB per flag"
        ),
        figure(f"flagd with {flags}: memory after reloads under load", [after / resident], "×", base="at start"),
        *_waits(f"p99 while one of {flags} changes 5 times a second", of_folder),
        *_waits(f"p99 while one of {flags} changes 5 times a second at an operator", of_stream),
    ]


def _waits(label: str, rounds: Sequence[tuple[float, float]]) -> list[Figure]:
    during, idle = zip(*rounds, strict=True)
    return [
        figure(label, during, "ms"),
        figure(label, ratios(during, idle), "×", base="p99 between changes", goal=TWICE),
    ]


@contextmanager
def _operator(directory: Path) -> Iterator[tuple[Server, Change]]:
    """Publish what is in the directory; give a flagd that follows, and what changes a flag there."""
    command = [sys.executable, "-m", "benchmarks.stream_publisher", str(directory)]
    with subprocess.Popen(
        cores.pinned(cores.OTHERS, command), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as publisher:
        told, heard = publisher.stdin, publisher.stdout
        assert told is not None
        assert heard is not None

        def change(percent: int) -> float:
            moment = time.time()
            print(percent, file=told, flush=True)
            return moment

        with server.following(heard.readline().strip(), "grpcio") as follower:
            yield follower, change
        told.close()


def _round(caller: Caller, change: Change, effort: Effort) -> tuple[float, float]:
    """Return p99 in ms while the flag changes and while nothing does."""
    for _ in range(ATTEMPTS):
        during, idle = _samples(caller, change, effort)
        if during and idle:  # a busy machine may have delayed all calls until nothing changed any more
            return percentile(during, TAIL), percentile(idle, TAIL)
    raise RuntimeError(f"in {ATTEMPTS} rounds no call fell among the changes, or none before: is this machine busy?")


def _samples(caller: Caller, change: Change, effort: Effort) -> tuple[list[float], list[float]]:
    edits = _Edits(change, effort)
    edits.start()
    samples = caller.pace(effort.rate, 2 * effort.seconds)
    edits.join()
    first, last = edits.moments[0], edits.moments[-1]
    idle = [sample.milliseconds for sample in samples if sample.start < first]
    during = [sample.milliseconds for sample in samples if first <= sample.start < last + effort.pause]
    return during, idle


class _Edits(threading.Thread):
    """Changes the last flag again and again, after a pause.

    Attributes:
        moments: seconds since the epoch.
    """

    def __init__(self, change: Change, effort: Effort) -> None:
        super().__init__()
        self.moments: list[float] = []
        self._change = change
        self._effort = effort

    def run(self) -> None:
        """Do nothing for half of a round, then edit until its end."""
        time.sleep(self._effort.seconds)
        for number in range(int(self._effort.seconds / self._effort.pause)):
            self.moments.append(self._change(1 + number % 99))
            time.sleep(self._effort.pause)
