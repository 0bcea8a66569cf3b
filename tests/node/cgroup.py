"""Control groups: one that all pods of a node are in, in every hierarchy."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
NEEDED = {
    "cpu": ("cpu.shares", "cpu.weight"),
    "cpuset": ("cpuset.cpus",),
    "memory": ("memory.limit_in_bytes", "memory.max"),
    "pids": ("pids.max",),
}
"""What kubelet limits, and by which files one sees that it can: of v1, and of v2."""


def hierarchies() -> list[Path]:
    """Return where control groups can be made: one place with cgroup v2, several with v1."""
    if not CGROUPS.exists():
        return []
    tops = [CGROUPS] if (CGROUPS / "cgroup.procs").exists() else list(CGROUPS.iterdir())
    return [each for each in tops if (each / "cgroup.procs").exists()]


def refused() -> str:
    """Return why no control group can be made, or hold a process and limit it; "" if all that can be."""
    name = f"node-try-{os.getpid()}"
    try:
        make(name)
        made = [hierarchy / name for hierarchy in hierarchies()]
        for controller, files in NEEDED.items():
            if not any((folder / file).exists() for folder in made for file in files):
                return f"a node needs control groups, and {CGROUPS} has none for {controller}"
        enter = ("sh", "-c", 'for group; do echo $$ > "$group/cgroup.procs" || exit 1; done', "sh", *made)
        done = subprocess.run(enter, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"a node needs control groups: {error}"
    finally:
        remove(name)
    return f"a node needs control groups: {done.stderr.strip()}" if done.returncode else ""


def make(name: str) -> None:
    """Make the control group that all pods are in.

    Raises:
        OSError: this machine lets nobody make one, or limits nothing in it.
    """
    if (CGROUPS / "cgroup.procs").exists():
        (CGROUPS / "cgroup.subtree_control").write_text(" ".join(f"+{controller}" for controller in NEEDED))
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
