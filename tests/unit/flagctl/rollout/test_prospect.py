"""By when harm is found, in words."""

from flagctl.rollout.forecast import Stop
from flagctl.rollout.prospect import Prospect
from flagoperator.evidence import Traffic
from flagoperator.rollout import Guard, Step

STEPS = [(5_000, 6 * 3600), (25_000, 12 * 3600), (100_000, 0)]
NOON = 1_796_040_000.0


def lines(per_hour, steps=STEPS):
    at, stops = NOON, []
    for percent, hold in steps:
        stops.append(Stop(at, 0, (("All Other Users", percent),), Step(percent, hold)))
        at += hold
    return list(Prospect(stops, at, Traffic(per_hour, 0.01), 100).lines(Guard("errors", ""), 1.2))


def test_what_passes_enough_users_is_found_within_the_first_hold():
    (found,) = lines(30_000)
    assert found.startswith("    1 % failures doubled are found in 80% of runs by ")


def test_a_hold_that_is_too_short_is_named_with_what_it_finds():
    found, short = lines(6_000)
    assert "h" in found.rpartition(", ")[2]
    assert short.startswith("    too short at 5 %: by the end of its hold of 6h they are found in ")


def test_where_nobody_is_left_to_compare_with_nothing_is_found():
    assert lines(30_000, [(100_000, 86_400)]) == [
        "    this guard cannot fire: 1 % failures doubled are not found in 80% of runs while there is control"
    ]
