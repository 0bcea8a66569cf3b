"""Cores: what runs where, so that the measured side has a core to itself."""

from __future__ import annotations

import os


def measured() -> set[int]:
    """The core of what is measured: the last one."""
    return {max(os.sched_getaffinity(0))}


def others() -> set[int]:
    """The cores of everything else; the same one where there is just one."""
    available = os.sched_getaffinity(0)
    return (available - measured()) or available
