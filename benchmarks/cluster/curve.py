"""Curve: what a change costs the operator in a small and in a large project, in turn."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from benchmarks.cluster import usage
from benchmarks.cluster.reading import COMPILING, Reading
from benchmarks.cluster.unit import MILLISECONDS
from benchmarks.figure import Figure, Goal, figure, ratios
from benchmarks.rounds import interleave

if TYPE_CHECKING:
    from benchmarks.cluster.effort import Effort
    from benchmarks.cluster.project import Project
    from benchmarks.cluster.site import Site

OPTIONS = ("--relist-interval", "3600")
"""Relists cost what the project is large; they are not what a change costs."""
EVEN = Goal(1.3, least=False)


def measure(site: Site, effort: Effort) -> list[Figure]:
    """Two operators, one at rest while the other is measured."""
    sizes = (effort.few, effort.flags)
    costs = {size: Cost(site.project(size)) for size in sizes}
    print(f"  {effort.curve_rounds} rounds of {effort.curve_changes} changes to each", file=sys.stderr)
    contenders = {str(size): (lambda cost=cost: cost.measure(effort.curve_changes)) for size, cost in costs.items()}
    interleave(contenders, effort.curve_rounds)
    small, large = (costs[size] for size in sizes)
    return [
        *small.figures(),
        *large.figures(),
        figure(
            f"processor time of the operator for a change of one of {effort.flags:,} flags",
            ratios(large.cpu, small.cpu),
            "×",
            base=f"of {effort.few:,}",
            goal=EVEN,
        ),
        figure(
            f"compile a change of one of {effort.flags:,} flags in the operator",
            ratios(large.compiling, small.compiling),
            "×",
            base=f"of {effort.few:,}",
            goal=EVEN,
        ),
    ]


class Cost:
    """What changes of one project cost.

    Attributes:
        cpu: milliseconds of processor time of the operator per change, statuses included, by round.
        compiling: milliseconds that it compiled per change, by round.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._operator = project.settled(*OPTIONS)
        self.cpu: list[float] = []
        self.compiling: list[float] = []

    def measure(self, changes: int) -> float:
        """One round, from rest to rest."""
        before, begun = Reading.of(self._operator, COMPILING), usage.cpu_seconds(self._operator.pid)
        last = self._project.run(self._change(changes))
        self._project.wait_published(last)
        self.cpu.append((usage.cpu_seconds(self._operator.pid) - begun) / changes * MILLISECONDS)
        self.compiling.append(Reading.of(self._operator, COMPILING).mean(before))
        return self.cpu[-1]

    def figures(self) -> list[Figure]:
        """In milliseconds."""
        size = f"{self._project.size:,}"
        return [
            figure(f"processor time of the operator for a change of one of {size} flags", self.cpu, "ms"),
            figure(f"compile a change of one of {size} flags in the operator", self.compiling, "ms"),
        ]

    async def _change(self, changes: int) -> str:
        keys = self._project.keys[:: -(-self._project.size // changes)][:changes]
        async with AsyncExitStack() as stack:
            author = await stack.enter_async_context(self._project.author())
            watchers = [await stack.enter_async_context(each) for each in self._project.watchers(keys)]
            for key in keys:
                applied = await author.apply(key, next(self._project.marks))
                await asyncio.gather(*(watcher.told(key, applied.mark) for watcher in watchers))
        return keys[-1]
