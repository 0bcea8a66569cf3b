"""Start: an operator that has never seen the project: first publish, first statuses, memory when it is at rest."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from benchmarks.cluster import audit, journal, usage
from benchmarks.cluster.unit import MEBIBYTE
from benchmarks.figure import Figure, Goal, figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.cluster.audit import Span
    from benchmarks.cluster.effort import Effort
    from benchmarks.cluster.site import Site

MOST_SECONDS = Goal(3.5, least=False)
MOST_MEMORY = Goal(220, least=False)
LEAST_WRITES = Goal(250)


def measure(site: Site, effort: Effort) -> list[Figure]:
    """The first start writes all statuses; those after it find them written.

    Until both flagd serve, they have the machine to themselves, and statuses give way.
    """
    project = site.project(effort.flags)
    project.load()
    published = []
    for number in range(effort.starts):
        project.stop()
        started = time.time()
        operator = project.start()
        project.wait_served()
        served = time.time()
        project.settle()
        published.append(next(iter(journal.revisions(operator, project.name).values())) - started)
        if number == 0:
            writes = audit.first_statuses(site.plane, project.name)
            written = max(write.end for write in writes) - started
            rate = _per_second([write for write in writes if write.begin >= served] or writes)
            failures = operator.metric("flagoperator_status_write_failures_total")
            print(f"  statuses written, {failures:.0f} attempts failed", file=sys.stderr)
            resident = usage.resident(operator.pid) / MEBIBYTE
        print(f"  published {published[-1]:.2f} s after the start", file=sys.stderr)
    name = f"operator with {project.size:,} flags"
    return [
        figure(f"{name}: from its start to the first publish", published, "s", goal=MOST_SECONDS),
        figure(f"{name}: from its start until every flag has a status", [written], "s"),
        figure(f"{name}: statuses written of that, once both flagd serve", [rate], "/s", goal=LEAST_WRITES),
        figure(f"{name}: memory when all statuses are written", [resident], "MiB", goal=MOST_MEMORY),
    ]


def _per_second(writes: Sequence[Span]) -> float:
    return len(writes) / (max(write.end for write in writes) - min(write.begin for write in writes))
