"""Admitted: answers that let a user in, counted by the segments that an operator asks about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flagd.engine import Reason
from flagd.v1.ruleset_pb2 import AdmissionCount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.metrics import Metrics
    from flagd.v1.ruleset_pb2 import AdmissionQuery

OFF = "off"
_BY_ROLLOUT = frozenset({Reason.SPLIT, Reason.STATIC, Reason.TARGETING_MATCH, Reason.DEFAULT})
"""Reasons of answers that a percentage decided; testers, for one, are let in without."""


def admitted(metrics: Metrics, queries: Sequence[AdmissionQuery]) -> list[AdmissionCount]:
    """Return how many answers since the start let a user in, for each of `queries`, in order."""
    wanted = {(each.project, each.flag): frozenset(each.segments) for each in queries}
    found: Counter[tuple[str, str]] = Counter()
    for (project, flag, variant, reason), series in list(metrics.evaluations.items()):
        segments = wanted.get((project, flag))
        if segments is None or variant == OFF or reason not in _BY_ROLLOUT:
            continue
        found[project, flag] += series.by(segments)
    return [
        AdmissionCount(project=each.project, flag=each.flag, token=each.token, count=found[each.project, each.flag])
        for each in queries
    ]
