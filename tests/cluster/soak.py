"""Soak: traffic for a long time, with one fault after the other, by chance; the same ones for the same seed.

``python -m tests.cluster.soak`` is `make soak`: SOAK_MINUTES of it (60), SOAK_SEED (printed).
Each fault is a chapter of its own: traffic flows, the fault happens and ends, traffic flows on, and the
invariants are judged. What is found is printed at once; the soak goes on.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from subprocess import SubprocessError
from typing import TYPE_CHECKING, NoReturn

from tests.cluster.assets import AssetsUnavailableError, assets
from tests.cluster.control_plane import ControlPlane
from tests.cluster.fault import FAULTS
from tests.cluster.growth import Growth
from tests.cluster.installation import install
from tests.cluster.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

    from tests.cluster.fault import Fault

CHAPTER_SECONDS = 60.0
LONGEST_FAULT_SECONDS = 30.0
WRITES = 10
TROUBLE = (AssertionError, OSError, RuntimeError, HTTPException, SubprocessError)
"""What is raised where something in a site does not do what it should, or not in time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a soak takes.

    Attributes:
        seconds: after which no chapter begins.
        chapter: seconds from the beginning of a chapter to that of the next, if it takes no longer.
        longest: seconds that a fault lasts at most.
    """

    seconds: float
    chapter: float = CHAPTER_SECONDS
    longest: float = LONGEST_FAULT_SECONDS


class Soak:
    """One soak of a site. `found` has what was wrong, in words."""

    def __init__(self, site: Site, seed: int, plan: Plan) -> None:
        self.found: list[str] = []
        self.growth = Growth()
        self._site = site
        self._seed = seed
        self._plan = plan
        self._chance = random.Random(seed)

    def run(self) -> None:
        """Run it. Raises one of `TROUBLE` where the site does not recover, after which nothing more can be said."""
        ends = time.monotonic() + self._plan.seconds
        for number, fault in enumerate(self._faults()):
            if (begun := time.monotonic()) >= ends:
                break
            self._chapter(number, fault)
            self._idle(begun + self._plan.chapter)

    def _faults(self) -> Iterator[Fault]:
        """Yield faults without end: all of them in one order, then in another."""
        possible = [fault for fault in FAULTS if not _skipped(fault)]
        while True:
            yield from self._chance.sample(possible, len(possible))

    def _chapter(self, number: int, fault: Fault) -> None:
        lasts, site = self._chance.uniform(0, self._plan.longest), self._site
        say(f"{number + 1}. {fault.name}, for {lasts:.0f} s")
        try:
            with site.flowing(self._seed + number) as traffic:
                traffic.flow(WRITES)
                fault.inject(site)
                try:
                    traffic.go_on(lasts)
                finally:
                    fault.heal(site)
                    site.recover()
                site.settle()
                traffic.flow(WRITES)
            say(f"   {len(traffic.history.writes)} writes, {len(traffic.history.answers)} answers, all right")
        except TROUBLE as error:
            self.found.append(f"{number + 1}. {fault.name}: {type(error).__name__}: {error}")
            say(f"   {error}")
        site.settle()
        self._look(number, fault)
        site.clear()

    def _look(self, number: int, fault: Fault) -> None:
        for name, process in self._site.processes().items():
            self.growth.note(name, process.pid, time.monotonic())
        past, self._site.past = self._site.past, []
        for name, process in (*past, *self._site.processes().items()):
            said = [str(line) for line in process.log if is_wrong(line)]
            self.found += [f"{number + 1}. {fault.name}: {name} said {line[:2000]}" for line in said]
            process.log.clear()

    def _idle(self, until: float) -> None:
        """Let nothing be written until then, as clusters do most of the time."""
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 1))


def is_wrong(line: Mapping[str, str]) -> bool:
    """Return whether no process may say `line`, whatever happens around it."""
    unhandled = line.get("logger") == "asyncio" and line.get("level") == "ERROR"
    return unhandled or line.get("level") == "CRITICAL" or "Traceback" in str(line)


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def _skipped(fault: Fault) -> bool:
    reason = fault.available()
    if reason:
        say(f"never happens here: {fault.name}: {reason}")
    return bool(reason)


def main() -> int:
    """Soak for SOAK_MINUTES; return the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, told_to_end)
    seed = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(1_000_000))
    minutes = float(os.environ.get("SOAK_MINUTES") or 60)
    say(f"SOAK_SEED={seed} SOAK_MINUTES={minutes:g}")
    try:
        binaries = assets()
    except AssetsUnavailableError as error:
        say(f"no soak here: {error}")
        return 1
    with tempfile.TemporaryDirectory(prefix="flagoperator-soak-") as name:
        folder = Path(name)
        with ControlPlane(folder / "control-plane", binaries) as plane:
            install(plane)
            with Site(plane, "soak", folder, seed) as site:
                soak = Soak(site, seed, Plan(minutes * 60))
                try:
                    soak.run()
                except TROUBLE as error:
                    soak.found.append(f"the site did not recover: {type(error).__name__}: {error}")
    found = [*soak.found, *soak.growth.excesses()]
    say("\n".join(["", *soak.growth.report(), "", *(found or ["nothing was wrong"])]))
    return 1 if found else 0


def told_to_end(number: int, _frame: FrameType | None) -> NoReturn:
    """End as by an error: what was started is ended too, and it is said why."""
    sys.exit(f"ended by {signal.Signals(number).name}")


if __name__ == "__main__":
    sys.exit(main())
