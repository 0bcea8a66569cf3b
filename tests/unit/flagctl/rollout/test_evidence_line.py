"""What a comparison looks like."""

import pytest

from flagctl.rollout.evidence_line import WIDTH, evidence_line


def told(value="3.1", limit="100", treated=(12, 1000), control=(95, 9000), **more):
    arms = {
        name: {"failures": repr(float(arm[0])), "attempts": repr(float(arm[1]))}
        for name, arm in (("treated", treated), ("control", control))
    }
    return {"name": "errors", "value": value, "compared": {"limit": limit, **arms}} | more


def test_e_is_drawn_against_its_limit_with_samples_and_ratio():
    assert evidence_line(told()) == (
        "E ████░░░░░░░░░░░░░░░░ 3.1 of 100, treated 12 of 1000 failed, control 95 of 9000 failed, ratio 1.14"
    )


@pytest.mark.parametrize(
    ("value", "filled"), [("0.001", 0), ("1", 0), ("10", WIDTH // 2), ("100", WIDTH), ("1e300", WIDTH)]
)
def test_the_bar_goes_from_one_to_the_limit_by_orders_of_magnitude(value, filled):
    assert evidence_line(told(value=value)).count("█") == filled


def test_without_failures_of_control_no_ratio_is_known():
    assert "ratio" not in evidence_line(told(control=(0, 9000)))
    assert "ratio" not in evidence_line(told(treated=(0, 0)))


def test_trouble_is_told_beside_what_is_known():
    line = evidence_line({**told(), "trouble": "no answer within 10 s"})
    assert line.endswith("; no answer within 10 s")
    assert evidence_line({"trouble": "no answer within 10 s"}) == "no answer within 10 s"
    assert evidence_line({}) == "not compared yet"
