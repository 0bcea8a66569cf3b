"""Relisting: the same changes, those of them that fell into a complete list of the cluster by the operator."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.cluster import audit
from benchmarks.cluster.change import changes
from benchmarks.cluster.latency import TAIL
from benchmarks.cluster.percentiles import pooled
from benchmarks.figure import Figure, Goal, figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.cluster.change import Change
    from benchmarks.cluster.effort import Effort
    from benchmarks.cluster.site import Site

INTERVAL_SECONDS = 1
"""Between two relists: the shortest that there is."""
MOST_TAIL = Goal(60, least=False)


def measure(site: Site, effort: Effort) -> list[Figure]:
    """Change on, list again and again; the API server's log says which changes met a list."""
    project = site.project(effort.flags)
    operator = project.settled("--relist-interval", str(INTERVAL_SECONDS))
    rounds, seconds = [], []
    for _ in range(effort.relisting):
        made = changes(project, operator, effort)
        spans = audit.relists(site.plane, project.name)
        met = during(made, spans)
        print(f"  {len(met)} of {len(made)} changes met a relist", file=sys.stderr)
        rounds.append([one.wait for one in met])
        seconds += [span.end - span.begin for span in spans if made[0].sent < span.begin and span.end < made[-1].told]
    rounds = [one for one in rounds if one]
    if not rounds:
        raise RuntimeError(f"of {effort.relisting * effort.changes} changes none met a relist")
    name = f"one change of {project.size:,} flags during a relist"
    return [
        pooled(f"{name}: from the API server's answer to both flagd serving it, p50", rounds, 50),
        pooled(f"{name}: from the API server's answer to both flagd serving it, p99", rounds, TAIL, goal=MOST_TAIL),
        figure(f"relist of {project.size:,} flags between changes", seconds, "s"),
    ]


def during(made: Sequence[Change], spans: Sequence[audit.Span]) -> list[Change]:
    """The changes that were on their way while any of these went on."""
    return [one for one in made if any(span.meets(audit.Span(one.sent, one.told)) for span in spans)]
