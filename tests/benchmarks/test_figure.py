"""Figures: medians, spreads, ratios and goals."""

import pytest

from benchmarks.figure import Goal, figure, percentile, ratios, significant
from benchmarks.results import number, row, table


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(0, 1), (10, 1), (50, 5), (90, 9), (99, 10), (100, 10)],
)
def test_percentiles_are_by_nearest_rank(percent, expected):
    assert percentile([7, 3, 10, 1, 2, 4, 5, 6, 8, 9], percent) == expected


def test_ratios_are_taken_round_by_round():
    assert ratios([2, 9], [1, 3]) == [2, 3]


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (Goal(1.3), 1.3, True),
        (Goal(1.3), 1.29, False),
        (Goal(1.5, least=False), 1.5, True),
        (Goal(1.5, least=False), 1.51, False),
    ],
)
def test_a_goal_is_met_at_its_bound(goal, value, met):
    assert goal.met(value) is met


def test_a_missed_goal_says_so_in_the_table():
    slow = figure("one decision", [1.0, 1.2, 1.1], "×", base="Eppo", goal=Goal(1.3)).as_dict()
    assert row(slow) == ("one decision", "1.1 ×", "1 to 1.2", "Eppo", "≥ 1.3 MISSED")


@pytest.mark.parametrize(
    ("value", "text"), [(0.0001234, "0.000123"), (3.14159, "3.14"), (42.0, "42"), (12345.6, "12,346")]
)
def test_numbers_have_three_digits_and_no_exponent(value, text):
    assert number(value) == text


def test_results_keep_four_digits():
    assert significant(3.14159) == 3.142


def test_the_table_is_markdown():
    documents = {"decision": {"figures": [figure("one decision", [0.5], "µs").as_dict()]}}
    head, rule, line = table(documents).splitlines()
    assert head.startswith("| figure")
    assert set(rule) == {"|", "-"}
    assert line.startswith("| one decision | 0.5 µs")
