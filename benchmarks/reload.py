"""10,000 flags: memory of a flagd that serves them, and the latency of calls while one of them changes all the time."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import edit, manifests, server
from benchmarks.caller import Caller, request
from benchmarks.figure import Figure, Goal, figure, percentile, ratios

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
            print(f"  {effort.rounds} rounds of twice {effort.seconds} s", file=sys.stderr)
            rounds = [_round(caller, Path(large), effort) for _ in range(effort.rounds)]
            after = many.resident()
    flags = f"{effort.flags:,} flags"
    label = f"p99 while one of {flags} changes 5 times a second"
    during, idle = zip(*rounds, strict=True)
    return [
        figure(f"flagd with {flags}: from start to ready", [seconds], "s"),
        figure(f"flagd with {flags}: memory", [resident / 2**20], "MiB"),
        figure(
            f"flagd with {flags}: memory on top of one flag", [(resident - base) / effort.flags / 1024], "KiB per flag"
        ),
        figure(f"flagd with {flags}: memory after reloads under load", [after / resident], "×", base="at start"),
        figure(label, during, "ms"),
        figure(label, ratios(during, idle), "×", base="p99 between changes", goal=TWICE),
    ]


def _round(caller: Caller, directory: Path, effort: Effort) -> tuple[float, float]:
    """Return p99 in ms while the flag changes and while nothing does."""
    for _ in range(ATTEMPTS):
        during, idle = _samples(caller, directory, effort)
        if during and idle:  # a busy machine may have delayed all calls until nothing changed any more
            return percentile(during, TAIL), percentile(idle, TAIL)
    raise RuntimeError(f"in {ATTEMPTS} rounds no call fell among the changes, or none before: is this machine busy?")


def _samples(caller: Caller, directory: Path, effort: Effort) -> tuple[list[float], list[float]]:
    edits = _Edits(directory, effort)
    edits.start()
    samples = caller.pace(effort.rate, 2 * effort.seconds)
    edits.join()
    first, last = edits.moments[0], edits.moments[-1]
    idle = [sample.milliseconds for sample in samples if sample.start < first]
    during = [sample.milliseconds for sample in samples if first <= sample.start < last + effort.pause]
    return during, idle


class _Edits(threading.Thread):
    """Edits the last flag of the directory again and again, after a pause.

    Attributes:
        moments: seconds since the epoch.
    """

    def __init__(self, directory: Path, effort: Effort) -> None:
        super().__init__()
        self.moments: list[float] = []
        self._directory = directory
        self._effort = effort

    def run(self) -> None:
        """Do nothing for half of a round, then edit until its end."""
        time.sleep(self._effort.seconds)
        for number in range(int(self._effort.seconds / self._effort.pause)):
            self.moments.append(edit.last_flag(self._directory, percent=1 + number % 99))
            time.sleep(self._effort.pause)
