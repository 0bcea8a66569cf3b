"""The form of a plan: what is read is written again as something that is read as the same."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flagoperator.rollout import REST, Phase, Plan, Step, Window, plan_of, written_plan
from flagoperator.rollout.guards.guard_form import guard_of, written_guard

FULL: dict[str, Any] = {
    "steps": [{"percent": "0.5", "hold": "30m"}, {"percent": 25, "hold": "12h", "approval": True}, {"percent": 100}],
    "phases": [{"segments": ["Staff"], "steps": [{"percent": 100}]}, {"allOtherUsers": True}],
    "windows": [{"days": ["Mon", "Thu"], "from": "09:00", "to": "24:00", "timeZone": "Europe/Berlin"}],
    "notBefore": "2026-12-01T09:00:00Z",
    "deadline": "7d",
    "onDeadline": "Rollback",
    "paused": True,
}


def test_a_plan_is_read_with_everything_in_it() -> None:
    assert plan_of(FULL) == Plan(
        steps=(Step(500, 1800), Step(25_000, 43_200, approval=True), Step(100_000)),
        phases=(Phase(frozenset({"Staff"}), (Step(100_000),)), Phase(frozenset({REST}))),
        windows=(Window(frozenset({0, 3}), 540, 1440, ZoneInfo("Europe/Berlin")),),
        not_before=1_796_115_600.0,
        deadline=604_800,
        deadline_rolls_back=True,
        paused=True,
    )


@pytest.mark.parametrize("spec", [FULL, {"steps": [{"percent": 100}]}])
def test_a_plan_survives_being_written(spec: dict[str, Any]) -> None:
    assert plan_of(written_plan(plan_of(spec))) == plan_of(spec)


def test_events_that_clients_count_are_compared_by_the_counters_they_are_told_in():
    told = {"name": "errors", "compare": {"events": {"failures": "checkout-failed", "attempts": "checkout"}}}
    comparison = guard_of(told).comparison
    assert comparison is not None
    assert comparison.attempts == 'flagd_client_events_total{event="checkout",flag="{{flag}}"}'
    assert comparison.failures == 'flagd_client_events_total{event="checkout-failed",flag="{{flag}}"}'
    assert guard_of(written_guard(guard_of(told))) == guard_of(told)
