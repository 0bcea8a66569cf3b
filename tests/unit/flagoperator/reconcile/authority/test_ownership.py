"""What is ours in a status, and what has to go."""

from __future__ import annotations

from typing import Any

import pytest

from flagoperator.reconcile.authority.ownership import leftovers, ours

READY = {"type": "Ready", "status": "True"}
STALLED = {"type": "Stalled", "status": "True"}
FOREIGN = {"type": "Audited", "status": "True"}
WANTED: dict[str, Any] = {"observedGeneration": 1, "conditions": [READY], "effective": {"percent": "1"}}


def test_conditions_of_other_types_are_not_ours():
    assert ours({**WANTED, "conditions": [FOREIGN, READY]}) == WANTED


@pytest.mark.parametrize(
    ("found", "patch"),
    [
        ({}, {}),
        ({"conditions": [READY, FOREIGN]}, {}),
        ({"published": "99/99"}, {"published": None}),
        ({"effective": {"percent": "1", "rollout": "99"}}, {"effective": {"rollout": None}}),
        ({"conditions": [READY, STALLED, FOREIGN]}, {"conditions": [READY, FOREIGN]}),
    ],
)
def test_what_an_apply_leaves_of_other_hands_is_taken_out(found: dict[str, Any], patch: dict[str, Any]):
    assert leftovers(WANTED, {**WANTED, **found}) == patch
