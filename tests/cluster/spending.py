"""Spending: what the operator wrote to the API server, from the audit log, and what it may at most.

Of each generation a status says twice what became of it: compiled, and served. A segment that changes
has that done for the flags that may use it; a flag that changes may change `usedBy` of a segment.
An Event tells of an edit that moves users. A Lease is renewed every two seconds, and taken once a term.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from flagoperator.reconcile.authority.election import RETRY_SECONDS
from tests.cluster.script import TOUCHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.cluster.history import Write
    from tests.cluster.stage import Stage

WRITES_PER_GENERATION = 2


def spent(stage: Stage) -> Counter[str]:
    """Return the writes so far in the namespace of the stage, by resource."""
    return Counter(
        entry["objectRef"]["resource"]
        for entry in stage.plane.audit()
        if entry["user"]["username"].endswith(":flagoperator")
        and entry["verb"] not in {"list", "watch"}
        and entry["objectRef"].get("namespace") == stage.namespace
    )


def budget(writes: Sequence[Write], seconds: float, terms: int = 1) -> Counter[str]:
    """Return how many writes `writes` allow by resource, in `seconds` of `terms` terms."""
    made = Counter(write.kind for write in writes if write.object is not None)
    segments, flags = made["FlagSegment"], made["Flag"]
    compiled = flags + segments * len(TOUCHED)
    return Counter(
        flags=WRITES_PER_GENERATION * compiled,
        events=compiled,
        flagsegments=WRITES_PER_GENERATION * segments + sum(1 for write in writes if write.kind == "Flag"),
        leases=int(seconds / RETRY_SECONDS) + 1 + terms,
    )


def overspent(stage: Stage, writes: Iterable[Write], since: float, terms: int = 1) -> list[str]:
    """Return, in words, of what there were more writes than allowed `since` a time on the monotonic clock."""
    allowed = budget(list(writes), time.monotonic() - since, terms)
    found = spent(stage).items()
    return [f"I6 {name}: {count} writes, {allowed[name]} allowed" for name, count in found if count > allowed[name]]
