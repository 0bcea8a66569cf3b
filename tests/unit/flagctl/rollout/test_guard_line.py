"""Guards as statuses and plans have them."""

import pytest

from flagctl.rollout.guard_line import BAD, GOOD, SILENT, guard_lines, planned_guard
from flagoperator.rollout import Guard


def line(told, **guard):
    guard = {"name": "errors", "onFailure": "Rollback", "failureLimit": 2, **guard}
    return guard_lines({"run": {"plan": {"guards": [guard]}, "guards": [{"name": "errors", **told}]}})[0]


@pytest.mark.parametrize(
    ("told", "state", "value"),
    [
        ({"value": "0.004"}, GOOD, "0.004"),
        ({"value": "0.9", "failures": 1}, BAD, "0.9"),
        ({"trouble": "no data"}, SILENT, "no data"),
        ({}, SILENT, "not measured yet"),
    ],
)
def test_a_guard_is_told_with_what_it_measured(told, state, value):
    found = line(told, max="0.02", min="0.001")
    assert (found.state, found.value, found.bounds) == (state, value, "max 0.02, min 0.001")
    assert (found.failures, found.limit, found.reaction) == (told.get("failures", 0), 2, "Rollback")


def test_a_guard_that_compares_tells_its_evidence_and_both_groups():
    arms = {name: {"failures": "1", "attempts": "10"} for name in ("treated", "control")}
    found = line({"value": "3.1", "compared": {"limit": "100", **arms}}, compare={})
    assert "3.1 of 100, treated 1 of 10 failed, control 1 of 10 failed, ratio 1.00" in found.value
    assert found.state == GOOD
    assert line({"value": "1", "trouble": "no answer"}, compare={}).state == SILENT


def test_a_plan_and_a_status_say_the_same_of_bounds():
    assert (
        planned_guard(Guard("errors", "q", most=0.02, least=0.001)).bounds == line({}, max="0.02", min="0.001").bounds
    )


def test_without_a_run_there_are_no_guards():
    assert guard_lines({}) == ()
