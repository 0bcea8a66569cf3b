from __future__ import annotations

from flagctl.impact.impact import Impact, added
from flagctl.impact.move import Move, Turn

JOINS, STAYS = Move("s", "off", "on"), Move("s", "on", "on")


def test_shares_are_those_of_the_population() -> None:
    impact = Impact("shop", "f", {JOINS: 5, STAYS: 15}, {"": 20})
    assert (impact.count(Turn.JOINS), impact.share(Turn.JOINS), impact.total(JOINS)) == (5, 0.25, 20)


def test_without_a_population_a_move_is_a_part_of_its_segment() -> None:
    assert Impact("shop", "f", {JOINS: 5}, {"s": 50}).total(JOINS) == 50


def test_it_is_quiet_when_nobody_moves_and_that_is_known() -> None:
    assert Impact("shop", "f", {STAYS: 15}).is_quiet
    assert not Impact("shop", "f", {STAYS: 15, JOINS: 1}).is_quiet
    assert not Impact("shop", "f", failed="it does not compile").is_quiet


def test_counts_are_added_by_move() -> None:
    assert added({JOINS: 1}, {JOINS: 2, STAYS: 3}) == {JOINS: 3, STAYS: 3}
