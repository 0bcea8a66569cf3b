"""What is said about ramps and plans."""

from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest import validate
from tests.unit.flagd.manifest.findings import flag, found, warned
from tests.unit.flagd.manifest.wrong_ramps import RAMPS, RIGHT, comparing, guard, plan


@pytest.mark.parametrize("case", RAMPS.values(), ids=RAMPS)
def test_a_wrong_ramp_is_told_with_its_place_and_what_would_be_right(case: tuple[Any, str, str, str]):
    obj, path, reason, says = case
    first = found(obj)[0]
    assert (first.path, first.reason) == (path, reason)
    assert says in first.message


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_one_is_taken(name: str):
    resource, findings = validate(RIGHT[name])
    assert resource is not None
    assert not findings


@pytest.mark.parametrize(
    ("deadline", "phases", "told"),
    [("2d", [], False), ("1d", [], True), ("3d", [{"segments": ["a"]}, {"segments": ["b"]}], True)],
)
def test_a_deadline_that_the_holds_do_not_fit_into_is_warned_of(deadline: str, phases: list[Any], told: bool):
    obj = plan([{"percent": 5, "hold": "1d"}, {"percent": 100, "hold": "1d"}], deadline=deadline, phases=phases)
    assert [each.reason for each in warned(obj)] == ["DeadlineTooShort"] * told


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([{"percent": 25, "hold": "1h"}, {"percent": 100, "hold": "1d"}], "nothing is compared after 25 %"),
        ([{"percent": 100}], "nothing is compared at any step"),
        ([{"percent": 25, "hold": "1h"}, {"percent": 100}], None),
    ],
)
def test_what_is_compared_after_control_has_run_out_is_warned_of(steps: list[Any], says: str | None):
    told = warned(plan(steps, guards=[comparing()]))
    assert [(each.path, each.reason) for each in told] == [("spec.guards[0].compare", "NoControl")] * bool(says)
    assert says is None or says in told[0].message
    assert not warned(plan(steps, guards=[guard()]))


def test_segments_of_one_name_are_an_error_where_percents_are_kept_by_name():
    same = [{"name": "a", "segmentRefs": ["x"], "rollout": {"percent": 5}}] * 2
    assert {each.reason for each in warned(flag(segments=same))} == {"Repeated"}
    assert "Repeated" in {each.reason for each in found(flag(segments=same, ramp={"plan": "standard"}))}
