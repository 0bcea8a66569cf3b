"""Footprint: what a process holds of the machine, and whether it is more than before."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from tests.wire.process import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.wire.process import Process

SHARE = 0.1
"""By how much a process may have grown."""
SLACK = {"memory": 20 * 1024, "files": 8, "threads": 2}
"""What is no growth in a small process: kB until the garbage collector finds its pace, connections that are kept."""
SETTLE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a process holds.

    Attributes:
        memory: resident, in kB.
        files: open file descriptors.
        threads: of the operating system.
    """

    memory: int
    files: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> Footprint:
        """Read it from /proc."""
        folder = Path("/proc") / str(pid)
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        files = sum(1 for _ in (folder / "fd").iterdir())
        return cls(int(status["VmRSS"].split()[0]), files, int(status["Threads"]))

    @classmethod
    def of_family(cls, pid: int) -> Footprint:
        """Read those of a process and its children, and add them up."""
        children = (Path("/proc") / str(pid) / "task" / str(pid) / "children").read_text().split()
        all_of_them = [cls.of(each) for each in (pid, *map(int, children))]
        return cls(*(sum(getattr(each, one.name) for each in all_of_them) for one in fields(cls)))

    def grown(self, since: Footprint) -> list[str]:
        """Return, in words, what is more than a tenth above what it was."""
        return [
            f"{name}: {before} became {now}"
            for name, before, now in (
                (each.name, getattr(since, each.name), getattr(self, each.name)) for each in fields(self)
            )
            if now > before + max(SLACK[name], before * SHARE)
        ]


@contextmanager
def bounded(processes: Mapping[str, Process], settle: float = SETTLE_SECONDS) -> Iterator[None]:
    """Fail if `processes` hold more at the end than at the beginning, and `settle` seconds later still do."""
    before = {name: Footprint.of(each.pid) for name, each in processes.items()}
    yield

    def grown() -> list[str]:
        found = ((name, Footprint.of(each.pid).grown(before[name])) for name, each in processes.items())
        return [f"I6 {name}, {text}" for name, texts in found for text in texts]

    try:
        eventually(lambda: not grown(), settle)
    except AssertionError:
        raise AssertionError("\n".join(grown())) from None
