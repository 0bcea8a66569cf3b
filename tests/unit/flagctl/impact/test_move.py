from __future__ import annotations

import pytest

from flagctl.impact.move import NONE, Move, Turn


@pytest.mark.parametrize(
    ("before", "after", "rewritten", "turn"),
    [
        ("off", "on", False, Turn.JOINS),
        (NONE, "on", False, Turn.JOINS),
        ("on", "off", False, Turn.LEAVES),
        ("on", NONE, False, Turn.LEAVES),
        ("a", "b", False, Turn.CHANGES),
        ("a", "a", False, Turn.STAYS),
        ("a", "a", True, Turn.REWRITTEN),
        ("off", "off", True, Turn.REWRITTEN),
        (NONE, "off", False, Turn.STAYS),
    ],
)
def test_a_move_is_told_by_what_a_user_had_and_has(before: str, after: str, rewritten: bool, turn: Turn) -> None:
    assert Move("s", before, after, rewritten).turn is turn
