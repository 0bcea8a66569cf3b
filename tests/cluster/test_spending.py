"""An operator that writes too much is found."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from tests.cluster.history import Write
from tests.cluster.spending import budget, overspent, spent

MADE: dict[str, Any] = {}
WRITES = [
    Write("Flag", "f0", 1, 0, 0, MADE),
    Write("Flag", "f0", 2, 0, 0, MADE),
    Write("Flag", "f0", 3, 0, 0, None),
    Write("FlagSegment", "home", 4, 0, 0, MADE),
]


def stage(**counts: int) -> Any:
    """Return a stage whose audit log has so many writes of the operator, and what does not count."""
    operator, namespace = "system:serviceaccount:flags-system:flagoperator", "here"
    entries = [(operator, "patch", name, namespace) for name, count in counts.items() for _ in range(count)]
    entries += [(operator, "list", "flags", namespace), (operator, "patch", "flags", "elsewhere")] * 100
    entries += [("admin", "patch", "flags", namespace)] * 100
    log = [
        {"user": {"username": user}, "verb": verb, "objectRef": {"resource": resource, "namespace": place}}
        for user, verb, resource, place in entries
    ]
    return SimpleNamespace(namespace=namespace, plane=SimpleNamespace(audit=lambda: log))


def test_the_budget_is_two_writes_and_an_event_for_each_generation_and_the_lease():
    assert budget(WRITES, seconds=60) == {"flags": 2 * (2 + 5), "events": 2 + 5, "flagsegments": 2 + 3, "leases": 32}


def test_only_what_the_operator_wrote_here_counts():
    assert spent(stage(flags=3, leases=2)) == {"flags": 3, "leases": 2}


def test_an_operator_within_its_budget_is_fine():
    assert overspent(stage(flags=14, flagsegments=5, leases=32), WRITES, time.monotonic() - 60) == []


def test_writes_beyond_the_budget_are_found():
    found = overspent(stage(flags=15, leases=33, events=8, flaggroups=1), WRITES, time.monotonic() - 60)
    assert found == [
        "I6 flags: 15 writes, 14 allowed",
        "I6 leases: 33 writes, 32 allowed",
        "I6 events: 8 writes, 7 allowed",
        "I6 flaggroups: 1 writes, 0 allowed",
    ]
