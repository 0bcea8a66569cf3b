"""Control groups: one that all pods of a node are in, in every hierarchy."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def hierarchies() -> list[Path]:
    """Return where control groups can be made: one place with cgroup v2, several with v1."""
    tops = [CGROUPS] if (CGROUPS / "cgroup.procs").exists() else list(CGROUPS.iterdir())
    return [each for each in tops if (each / "cgroup.procs").exists()]


def make(name: str) -> None:
    """Make the control group that all pods are in."""
    for hierarchy in hierarchies():
        (hierarchy / name).mkdir()
    for file in ("cpuset.cpus", "cpuset.mems"):  # a new one is empty, and then takes no process
        if (CGROUPS / "cpuset" / file).exists():
            (CGROUPS / "cpuset" / name / file).write_text((CGROUPS / "cpuset" / file).read_text())


def remove(name: str) -> None:
    """Remove it, once the kernel has ended all that was in it."""
    deadline = time.monotonic() + 30
    while (tops := [top / name for top in hierarchies() if (top / name).exists()]) and time.monotonic() < deadline:
        for folder in [folder for top in tops for folder, _, _ in os.walk(top, topdown=False)]:
            with contextlib.suppress(OSError):
                Path(folder).rmdir()
        time.sleep(0.1)
