"""Cached: what takes long to make, kept for the user outside the clone: a new clone has it too."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def home() -> Path:
    """Return the folder that holds everything cached, which exists."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "flagoperator"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def cached(name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder `name`, which `make` fills the first time, in one process; what it raises is raised.

    A `make` that was cut short finds next time what it made so far.
    """
    folder, partial = home() / name, home() / f"{name}.partial"
    with (home() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial.mkdir(exist_ok=True)
            make(partial)
            partial.rename(folder)
    return folder
