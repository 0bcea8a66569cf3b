"""Journal: when a process said in its log that it has a revision. Nothing is added to what is measured."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.wire.process import Process

HALF_A_MILLISECOND = 0.0005
"""Times in the log are cut to whole milliseconds."""


def revisions(process: Process, project: str) -> dict[str, float]:
    """When each revision of `project` was first logged, in seconds since 1970, in that order.

    The operator says so when it has published one, flagd when it has applied one.
    """
    found: dict[str, float] = {}
    for entry in list(process.log):
        if entry.get("project") == project and "revision" in entry:
            found.setdefault(entry["revision"], datetime.fromisoformat(entry["time"]).timestamp() + HALF_A_MILLISECOND)
    return found
