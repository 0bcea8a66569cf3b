from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagctl.doctor.diagnosis import exit_code, needs_another_look
from flagctl.doctor.finding import Level
from flagctl.doctor.picture import Installation, Picture
from flagctl.doctor.rollouts import WAITING, check
from scripts.generate_troubleshooting import ROLLED_OUT

if TYPE_CHECKING:
    from flagctl.doctor.finding import Finding

WHERE = Installation("flags", "system:serviceaccount:flags:flagoperator", ("flags", "flagd"))


def found(reason: str, kind: str = "RolledOut") -> list[Finding]:
    condition = {"type": kind, "status": "False", "reason": reason, "message": "5 %: so"}
    metadata = {"namespace": "shop", "name": "banner", "generation": 1}
    flag = {"kind": "Flag", "metadata": metadata, "status": {"observedGeneration": 1, "conditions": [condition]}}
    return list(check(Picture(0.0, "1", WHERE, resources=[flag])))


@pytest.mark.parametrize("reason", sorted(WAITING))
def test_a_ramp_that_waits_for_somebody_is_a_note_that_says_where_to_look(reason: str):
    (note,) = found(reason)
    assert (note.level, note.text) == (Level.NOTE, f"Flag shop/banner: 5 %: so [{reason}]")
    assert note.remedy == "flagctl rollout get -n shop banner"
    assert exit_code([note], warnings_as_errors=True) == 0
    assert not needs_another_look([note])


@pytest.mark.parametrize("reason", ["Holding", "NotBefore", "OutsideWindow", "Publishing", "Published", "Completed"])
def test_a_ramp_that_goes_on_by_itself_is_not_told_of(reason: str):
    assert found(reason) == []


def test_users_who_are_not_divided_as_they_should_be_are_a_note():
    (note,) = found("SampleRatioMismatch", "Balanced")
    assert (note.level, note.text) == (Level.NOTE, "Flag shop/banner: 5 %: so [SampleRatioMismatch]")
    assert found("AsWeighted", "Balanced") == found("NobodySeen", "Balanced") == []


def test_every_reason_is_one_that_there_is():
    assert set(ROLLED_OUT) >= WAITING
