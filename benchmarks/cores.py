"""Cores: what runs where, so that the measured side has a core to itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def measured() -> set[int]:
    """The core of what is measured: the last one."""
    return {max(os.sched_getaffinity(0))}


def others() -> set[int]:
    """The cores of everything else; the same one where there is just one."""
    available = os.sched_getaffinity(0)
    return (available - measured()) or available


def pinned(to: set[int]) -> Callable[[], None]:
    """For `Popen(preexec_fn=…)`: the process and all its threads and children stay on these cores."""
    return lambda: os.sched_setaffinity(0, to)
