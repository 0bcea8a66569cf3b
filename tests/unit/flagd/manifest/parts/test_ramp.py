import re

import pytest

from flagd.manifest.parts.ramp import CLOCK, MOMENT, Ramp, plan_references
from flagd.manifest.reference import Reference


def test_a_ramp_may_name_a_plan():
    assert list(plan_references(Ramp(plan="slow"), ("spec", "ramp"))) == [
        Reference("FlagRolloutPlan", "slow", ("spec", "ramp", "plan"))
    ]
    assert list(plan_references(Ramp(immediate=True), ("spec", "ramp"))) == []
    assert list(plan_references(None, ("spec", "ramp"))) == []


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        (CLOCK, ["00:00", "09:30", "24:00"], ["9:30", "24:01", "12:60", "noon"]),
        (MOMENT, ["2026-12-01T09:00:00Z", "2026-12-01T09:00:00+02:00"], ["2026-12-01", "2026-12-01T09:00:00"]),
    ],
)
def test_times_have_one_form(pattern, right, wrong):
    assert all(re.fullmatch(pattern, text) for text in right)
    assert not any(re.fullmatch(pattern, text) for text in wrong)
