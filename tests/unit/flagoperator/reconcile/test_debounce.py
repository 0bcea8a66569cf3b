"""The first change is due at once, a burst when it pauses, and never later than a second."""

from __future__ import annotations

import pytest

from flagoperator.reconcile.debounce import Debounce


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ([], None),
        ([100.0], 100.0),
        ([10.05], 10.15),
        ([10.05, 10.12], 10.22),
        ([10.05, 10.5, 11.0], 11.05),
        ([10.2], 10.2),
    ],
    ids=["nothing", "after a pause", "soon after", "a burst", "a long burst", "just after the pause"],
)
def test_when_changes_after_a_publication_at_10_are_due(changes: list[float], due: float | None):
    debounce = Debounce()
    debounce.change(9.0)
    debounce.publish(10.0)
    for change in changes:
        debounce.change(change)
    assert debounce.due == (None if due is None else pytest.approx(due))


def test_the_very_first_change_is_due_at_once():
    debounce = Debounce()
    debounce.change(3.0)
    assert debounce.due == 3.0


def test_a_look_without_a_change_delays_no_change():
    debounce = Debounce()
    debounce.publish(10.0)
    debounce.change(10.05)
    assert debounce.due == 10.05
