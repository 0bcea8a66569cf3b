"""Somebody else who writes our statuses is noticed, and does not draw us into a race."""

from __future__ import annotations

from typing import Any

from flagoperator.reconcile.authority.rivalry import FORGOTTEN_SECONDS, FREE, REST, Rivalry
from tests.unit.flagoperator.reconcile.cluster import ref

OURS: dict[str, Any] = {"published": "2/2", "conditions": [{"type": "Ready", "status": "True"}]}
THEIRS: dict[str, Any] = {"published": "1/1", "conditions": [{"type": "Ready", "status": "True"}]}


def test_ones_own_progress_is_no_rivalry():
    rivalry = Rivalry()
    rivalry.wrote(ref(), "u", {}, OURS, 0)
    assert not rivalry.wrote(ref(), "u", OURS, THEIRS, 1)
    assert not rivalry.wrote(ref(), "u", THEIRS, OURS, 2)
    assert rivalry.rest(ref(), 3) == 0


def test_conditions_of_others_and_another_object_of_the_name_are_none_either():
    rivalry = Rivalry()
    rivalry.wrote(ref(), "u", {}, OURS, 0)
    foreign = {**OURS, "conditions": [*OURS["conditions"], {"type": "Audited", "status": "True"}]}
    assert not rivalry.wrote(ref(), "u", foreign, OURS, 1)
    assert not rivalry.wrote(ref(), "v", THEIRS, OURS, 2)


def test_a_slip_is_put_right_at_once_and_a_war_is_bounded():
    rivalry, now, writes = Rivalry(), 0.0, 0
    rivalry.wrote(ref(), "u", {}, OURS, now)
    while now < 3600:
        rest = rivalry.rest(ref(), now)
        if rest:
            now += rest
            continue
        rivalry.wrote(ref(), "u", THEIRS, OURS, now)
        writes += 1
        now += 0.01
    assert FREE < writes < 30
    assert rivalry.contested == 1
    assert rivalry.overwritten == writes
    assert rivalry.rest(ref(), now + REST.longest) == 0


def test_a_war_that_is_over_is_forgotten():
    rivalry = Rivalry()
    rivalry.wrote(ref(), "u", {}, OURS, 0)
    for _ in range(2 * FREE):
        rivalry.wrote(ref(), "u", THEIRS, OURS, 0)
    assert rivalry.rest(ref(), 0) > 0
    assert rivalry.rest(ref(), FORGOTTEN_SECONDS + 1) == 0
    assert rivalry.contested == 0
    rivalry.wrote(ref(), "u", THEIRS, OURS, FORGOTTEN_SECONDS + 2)
    assert rivalry.rest(ref(), FORGOTTEN_SECONDS + 2) == 0
