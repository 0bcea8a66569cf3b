"""The validator finds what it is there to find."""

from __future__ import annotations

import pytest

from tests.cluster.history import Answer, Write, violations

WRITES = [Write("a", number, number, number + 0.1) for number in range(4)]


def told(*numbers: int | None, client: str = "c") -> list[Answer]:
    return [Answer(client, "a", number, at + 0.3, at + 0.5) for at, number in enumerate(numbers)]


def test_answers_that_follow_the_writes_are_fine():
    assert violations(WRITES, told(None, 0, 2, 3)) == []
    assert violations(WRITES, told(0, 1, 2, 3) + told(0, 0, 0, 3, client="late")) == []


@pytest.mark.parametrize(
    ("numbers", "invariant"),
    [
        ((0, 3, 3, 3), "I1"),
        ((0, 1, 2, 99), "I1"),
        ((0, None, 2, 3), "I2"),
        ((0, 1, 0, 3), "I3"),
        ((0, 1, 2, 2), "I4"),
    ],
    ids=["before it was written", "never written", "back to the default", "back to an older one", "never converged"],
)
def test_a_planted_violation_is_found(numbers: tuple[int | None, ...], invariant: str):
    found = violations(WRITES, told(*numbers))
    assert [each.partition(" ")[0] for each in found][:1] == [invariant]


def test_clients_are_judged_one_by_one():
    assert violations(WRITES, told(0, 1, 2, 3) + told(3, 2, client="other"))
