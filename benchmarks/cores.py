"""Cores: what runs where, so that the measured side has a core to itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

AVAILABLE = frozenset(os.sched_getaffinity(0))
MEASURED = frozenset({max(AVAILABLE)})
"""What is measured runs here."""
OTHERS = (AVAILABLE - MEASURED) or AVAILABLE
"""Everything else runs here; on the same core where there is just one."""


def pinned(to: frozenset[int], command: Sequence[str]) -> list[str]:
    """Return the command that runs `command` so that it, all its threads and children stay on these cores.

    Not by `preexec_fn`, which forks: beside gRPC's threads that can wait for ever.
    """
    return ["taskset", "--cpu-list", ",".join(map(str, sorted(to))), *command]


def stay() -> None:
    """Keep this process away from what is measured."""
    os.sched_setaffinity(0, OTHERS)
