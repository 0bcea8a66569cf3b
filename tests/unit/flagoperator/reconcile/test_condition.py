import pytest

from flagoperator.reconcile.condition import LONGEST_MESSAGE, Condition, condition_of

READY = Condition("Ready", "True", "Compiled", "fine")


@pytest.mark.parametrize(
    ("before", "since"),
    [
        (None, "now"),
        ({"status": "False", "lastTransitionTime": "then"}, "now"),
        ({"status": "True", "lastTransitionTime": "then"}, "then"),
    ],
)
def test_the_time_is_that_at_which_the_status_changed(before, since):
    written = READY.written(before, 3, "now")
    assert (written["lastTransitionTime"], written["observedGeneration"]) == (since, 3)


def test_a_message_is_cut():
    assert len(Condition("Ready", "False", "Odd", "x" * 10_000).written(None, 1, "now")["message"]) == LONGEST_MESSAGE


@pytest.mark.parametrize("status", [{}, {"conditions": None}, {"conditions": [{"type": "Stalled"}]}])
def test_a_condition_may_be_missing(status):
    assert condition_of(status, "Ready") is None


def test_a_condition_is_found_by_its_type():
    assert (
        condition_of({"conditions": [{"type": "Stalled"}, {"type": "Ready", "reason": "x"}]}, "Ready")["reason"] == "x"
    )
