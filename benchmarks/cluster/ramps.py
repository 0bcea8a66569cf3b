"""Ramps: what it costs that many flags rise step by step, and what it does to changes of others beside them."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.cluster import usage
from benchmarks.cluster.change import changes
from benchmarks.cluster.flags import API_VERSION
from benchmarks.cluster.percentiles import pooled
from benchmarks.figure import Figure, Goal, figure, percentile, ratios

if TYPE_CHECKING:
    from benchmarks.cluster.effort import Effort
    from benchmarks.cluster.project import Project
    from benchmarks.cluster.site import Site
    from tests.cluster.processes import Operator

OPTIONS = ("--relist-interval", "3600")
"""Relists cost what the project is large; they are not what ramps cost."""
STEPS = [{"percent": 5, "hold": "6h"}, {"percent": 25, "hold": "12h"}, {"percent": 100, "hold": "1d"}]
LOADERS = 16
POLL_SECONDS = 0.5
PATIENCE_SECONDS = 300
MOST_WRITES = Goal(2, least=False)
EVEN = Goal(1.2, least=False)
MEGABYTE = 1e6
WRITES = "flagoperator_status_writes_total"


def measure(site: Site, effort: Effort) -> list[Figure]:
    """Rounds of changes without ramps, a look at the operator, then the same while all of them hold."""
    project = site.project(effort.few)
    operator = project.settled(*OPTIONS)
    project.run(_apply(project, effort.ramps, ramping=False))
    project.settle()
    without, calm = _rounds(project, operator, effort), _Look.at(operator, effort.watched)
    project.run(_apply(project, effort.ramps, ramping=True))
    running = _wait_until_all_hold(operator, project.name, effort.ramps)
    project.settle()
    beside, holding = _rounds(project, operator, effort), _Look.at(operator, effort.watched)
    name = f"{effort.ramps:,} ramps beside {project.size:,} flags"
    return [
        figure(f"{name}: runs under way", [running], ""),
        figure(f"{name}: processor time of the operator for a second in which all hold", [holding.cpu], "ms"),
        figure(f"{name}: the same without ramps", [calm.cpu], "ms"),
        figure(f"{name}: statuses written in a second in which all hold", [holding.writes], "", goal=MOST_WRITES),
        figure(f"{name}: memory that they add to the operator", [(holding.memory - calm.memory) / MEGABYTE], "MB"),
        pooled(f"{name}: a change of another flag until both flagd serve it, p99", beside, 99),
        figure(
            f"{name}: a change of another flag until both flagd serve it, p99",
            ratios([percentile(each, 99) for each in beside], [percentile(each, 99) for each in without]),
            "×",
            base="without ramps",
            goal=EVEN,
        ),
    ]


def _rounds(project: Project, operator: Operator, effort: Effort) -> list[list[float]]:
    found = [[one.wait for one in changes(project, operator, effort)] for _ in range(effort.ramp_rounds)]
    print(f"  {effort.changes} changes, p99 {percentile(found[-1], 99):.1f} ms", file=sys.stderr)
    return found


class _Look:
    """What the operator takes while nothing happens: processor time and writes of a second, and its memory."""

    def __init__(self, cpu: float, writes: float, memory: float) -> None:
        self.cpu, self.writes, self.memory = cpu, writes, memory

    @classmethod
    def at(cls, operator: Operator, seconds: int) -> _Look:
        cpu, writes = usage.cpu_seconds(operator.pid), operator.metric(WRITES) or 0.0
        time.sleep(seconds)
        used = (usage.cpu_seconds(operator.pid) - cpu) * 1000 / seconds
        return cls(used, ((operator.metric(WRITES) or 0.0) - writes) / seconds, usage.resident(operator.pid))


def _wait_until_all_hold(operator: Operator, namespace: str, count: int) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := _holding(operator, namespace)) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"of {count} ramps {found} are at their first step after {PATIENCE_SECONDS} s")
        time.sleep(POLL_SECONDS)
    return found


def _holding(operator: Operator, namespace: str) -> int:
    sample = 'flag_rollout_percent{flag="ramp-'
    lines = operator.get("/metrics")[1].splitlines()
    return sum(
        each.startswith(sample) and f'namespace="{namespace}"' in each and each.endswith(" 5.0") for each in lines
    )


async def _apply(project: Project, count: int, *, ramping: bool) -> None:
    def made(key: str, _mark: int) -> dict[str, Any]:
        ramp = {"ramp": {"steps": STEPS}} if ramping else {}
        spec = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 100 if ramping else 0}}
        return {"apiVersion": API_VERSION, "kind": "Flag", "metadata": {"name": key}, "spec": spec | ramp}

    async with project.author(LOADERS, made) as author:
        await author.apply_all([f"ramp-{number:05}" for number in range(count)], 0)
