"""Memory: how much of it this process may use: the limit of its control group, or a share of the machine's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024
MACHINE_SHARE = 4
"""Where nothing limits the process, it uses this part of the machine's memory at most."""
CALLERS_SHARE = 3
"""Callers may hold this part of what the process may use; the rest is for rulesets and for itself."""


def default_bytes(root: Path = Path("/")) -> int:
    """Return the least limit of this process's control groups (below `root`), else a share of the machine's memory."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = min(_limits(root), default=machine)
    return limit if limit < machine else machine // MACHINE_SHARE


def callers_bytes(most: int) -> int:
    """Return what callers may hold of `most` bytes."""
    return most // CALLERS_SHARE


def _limits(root: Path) -> Iterator[int]:
    """Yield the limits of version 2 and 1 of control groups, from the process's own up."""
    for hierarchy, controllers, path in _groups(root):
        if hierarchy == "0":
            yield from _up(root / "sys/fs/cgroup", path, "memory.max")
        elif "memory" in controllers.split(","):
            yield from _up(root / "sys/fs/cgroup/memory", path, "memory.limit_in_bytes")


def _groups(root: Path) -> Iterator[list[str]]:
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    yield from (parts for line in lines if len(parts := line.split(":", 2)) == 3)


def _up(mount: Path, path: str, name: str) -> Iterator[int]:
    """Yield the limit of the group `path` and of those above it; in a container its own is the mount itself."""
    group = mount / path.lstrip("/")
    for folder in (group, *group.parents):
        if not folder.is_relative_to(mount):
            return
        try:
            yield int((folder / name).read_text())
        except (OSError, ValueError):  # there is none, or it says "max"
            continue
