from __future__ import annotations

from flagctl.impact.counting import Counting
from flagctl.impact.move import Move
from tests.unit.flagctl.impact.asked import flag, question

USERS = [{"user": {"user_id": f"u{number}"}} for number in range(200)]


def test_every_user_makes_one_move() -> None:
    counts, users = Counting([question(flag(10, [1]), flag(100, [1]))]).count(USERS)
    moves = counts["default", "f"]
    assert users == sum(moves.values()) == 200
    assert set(moves) == {Move("All Other Users", "off", "a"), Move("All Other Users", "a", "a")}
    assert moves[Move("All Other Users", "a", "a")] < 60


def test_a_flag_of_one_side_only_has_no_variant_on_the_other() -> None:
    counts, _ = Counting([question(None, flag(100, [1]))]).count(USERS)
    assert counts == {("default", "f"): {Move("All Other Users", "", "a"): 200}}


def test_another_payload_is_another_value_of_the_same_variant() -> None:
    paid = flag(100, [1]) | {"variants": [{"key": "a", "payload": 1}]}
    counts, _ = Counting([question(flag(100, [1]), paid)]).count(USERS)
    assert counts == {("default", "f"): {Move("All Other Users", "a", "a", rewritten=True): 200}}


def test_users_who_all_get_the_same_on_both_sides_are_counted() -> None:
    off = flag(100, [1]) | {"active": False}
    counts, users = Counting([question(flag(100, [1]), off)]).count(USERS)
    assert (users, sum(counts["default", "f"].values())) == (200, 200)
    assert [(move.before, move.after) for move in counts["default", "f"]] == [("a", "off")]


def test_nobody_makes_no_move() -> None:
    assert Counting([question(flag(10, [1]), flag(20, [1]))]).count([]) == ({("default", "f"): {}}, 0)
