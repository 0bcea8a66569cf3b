"""Burst: many flags changed at once: how long after the last answer the last is served, and that none is lost."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.cluster import usage
from benchmarks.cluster.bare_watch import BareWatch
from benchmarks.cluster.calm import calm
from benchmarks.cluster.percentiles import pooled
from benchmarks.cluster.unit import MEBIBYTE, MILLISECONDS
from benchmarks.figure import Figure, Goal, figure

if TYPE_CHECKING:
    from benchmarks.cluster.effort import Effort
    from benchmarks.cluster.project import Project
    from benchmarks.cluster.site import Site

MOST_SECONDS = Goal(0.5, least=False)
NONE = Goal(0, least=False)
TAIL = 99


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst.

    Attributes:
        written: seconds from the first sending to the API server's last answer.
        last: seconds from there until both flagd had told the last change.
        event: seconds from there until a bare watch client had the last event.
        waits: of each change, milliseconds from its answer until both had told it.
        lost: flags whose new form is not served.
    """

    written: float
    last: float
    event: float
    waits: list[float]
    lost: int


def measure(site: Site, effort: Effort) -> list[Figure]:
    """Each burst begins when all statuses of the one before are written."""
    project = site.project(effort.flags)
    operator = project.settled()
    bursts = []
    for _ in range(effort.bursts):
        with BareWatch(project.kubeconfig, project.collection) as bare, calm():
            bursts.append(project.run(_burst(project, effort, bare)))
        one = bursts[-1]
        print(
            f"  written in {one.written:.2f} s, watched {one.event:.2f} s later, served {one.last:.2f} s later",
            file=sys.stderr,
        )
        project.settle()
    resident = usage.resident(operator.pid) / MEBIBYTE
    name = f"{min(effort.burst, project.size):,} changes at once"
    waits = [one.waits for one in bursts]
    return [
        figure(f"{name}: from the first sending to the API server's last answer", [one.written for one in bursts], "s"),
        figure(
            f"{name}: from there until both flagd answer with the last",
            [one.last for one in bursts],
            "s",
            goal=MOST_SECONDS,
        ),
        figure(f"{name}: from there until a bare watch client has the last event", [one.event for one in bursts], "s"),
        figure(f"{name}: lost", [float(one.lost) for one in bursts], "", goal=NONE),
        *(pooled(f"{name}: from the answer to each until it is served, p{each}", waits, each) for each in (50, TAIL)),
        figure(f"operator with {project.size:,} flags: memory after all that", [resident], "MiB"),
    ]


async def _burst(project: Project, effort: Effort, bare: BareWatch) -> Burst:
    keys, mark = project.keys[: effort.burst], next(project.marks)
    async with AsyncExitStack() as stack:
        author = await stack.enter_async_context(project.author(effort.in_flight))
        watchers = [await stack.enter_async_context(each) for each in project.watchers(keys)]
        applied = await author.apply_all(keys, mark)
        told = {key: max([(await each.told(key, mark)).moment for each in watchers]) for key in keys}
        marks = [await each.marks() for each in watchers]
    last = max(applied, key=lambda one: one.answered)
    newest = max(applied, key=lambda one: int(one.version))
    events = await asyncio.to_thread(bare.moments, newest.version)
    return Burst(
        last.answered - min(one.sent for one in applied),
        max(told.values()) - last.answered,
        max(events[one.version] for one in applied) - last.answered,
        [(told[one.key] - one.answered) * MILLISECONDS for one in applied],
        sum(any(each[key] != mark for each in marks) for key in keys),
    )
