"""Subscribers: many streams of rulesets: how long until all are told of one change, and what each takes."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from benchmarks.cluster import usage
from benchmarks.cluster.crowd import Crowd
from benchmarks.cluster.unit import KIBIBYTE, MILLISECONDS
from benchmarks.figure import Figure, figure, percentile

if TYPE_CHECKING:
    from benchmarks.cluster.effort import Effort
    from benchmarks.cluster.project import Project
    from benchmarks.cluster.site import Site


def measure(site: Site, effort: Effort) -> list[Figure]:
    """All of them acknowledge, and all count towards Published."""
    project = site.project(effort.flags)
    operator = project.settled()
    before, revision = usage.resident(operator.pid), operator.state()["projects"][project.name]
    with Crowd(project.address, effort.subscribers, project.name, revision) as crowd:
        idle = usage.resident(operator.pid)
        print(f"  {effort.subscribers} subscribers, {effort.tellings} changes", file=sys.stderr)
        tellings = project.run(_tell(project, crowd, effort))
        busy = usage.resident(operator.pid)
    project.settle()
    name = f"{effort.subscribers:,} subscribers of the ruleset stream"
    per_subscriber = KIBIBYTE * effort.subscribers
    return [
        figure(
            f"{name}: a change told to half, from the API server's answer",
            [percentile(one, 50) for one in tellings],
            "ms",
        ),
        figure(
            f"{name}: a change told to the last, from the API server's answer",
            [max(one) for one in tellings],
            "ms",
        ),
        figure(f"{name}: memory of the operator for an idle one", [(idle - before) / per_subscriber], "KiB"),
        figure(
            f"{name}: memory of the operator for each after {effort.tellings} changes",
            [(busy - before) / per_subscriber],
            "KiB",
        ),
    ]


async def _tell(project: Project, crowd: Crowd, effort: Effort) -> list[list[float]]:
    """Change one flag after the other; of each, milliseconds until each subscriber was told."""
    tellings = []
    async with project.author() as author:
        for number in range(effort.tellings):
            key = project.keys[number % project.size]
            applied = await author.apply(key, next(project.marks))
            tellings.append(
                [(moment - applied.answered) * MILLISECONDS for moment in await asyncio.to_thread(crowd.told)]
            )
            await asyncio.sleep(1)
    return tellings
