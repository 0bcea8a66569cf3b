"""The steps of a ramp, as statuses and plans have them."""

import pytest

from flagctl.rollout.rung import DONE, NEXT, NOW, phase_title, rungs_of, wants_of
from flagoperator.rollout import Step
from tests.unit.flagctl.rollout.rollouts import ROLLOUT, RUN


def test_what_is_behind_now_and_ahead_is_told_with_what_each_step_asks_for():
    first, now, last = rungs_of({**ROLLOUT, "nextStepAt": "2026-12-01T15:00:00Z"})
    assert (first.percent, first.state, first.wants) == ("5", DONE, ("hold 6h", "5000 answers"))
    assert (now.percent, now.state, now.wants) == ("25", NOW, ("hold 12h", "approval"))
    assert (last.percent, last.state, last.at) == ("100", NEXT, "2026-12-01T15:00:00Z")


@pytest.mark.parametrize(("phase", "state"), [("Completed", DONE), ("RolledBack", NEXT)])
def test_of_a_run_that_is_over_no_step_is_now(phase, state):
    assert {each.state for each in rungs_of({**ROLLOUT, "phase": phase})} == {state}


def test_a_status_and_a_plan_say_the_same_of_a_step():
    told = {"run": {"plan": {"steps": [{"percent": "5", "hold": "6h", "approval": True, "minEvaluations": 9}]}}}
    assert rungs_of(told)[0].wants == wants_of(Step(5000, 6 * 3600, approval=True, min_evaluations=9))


def test_a_phase_of_several_is_named():
    assert phase_title(ROLLOUT) == ""
    assert phase_title({"run": {**RUN, "plan": {"phases": [{}, {}]}, "phase": 1}}) == "phase 2 of 2"


@pytest.mark.parametrize("rollout", [{}, {"run": {}}, {"run": {"plan": {"phases": [{}]}, "phase": 3}}])
def test_without_steps_there_are_none(rollout):
    assert rungs_of(rollout) == ()
