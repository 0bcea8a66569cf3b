"""A ratio as it stands in the status of a run."""

from dataclasses import replace

from flagd.engine.split import Part, Split
from flagoperator.rollout.ratio import Ratio, Tally
from flagoperator.rollout.ratio_form import MOST_PARTS, ratio_from, written_ratio

EVEN = Split("s", ("context", "user", "user_id"), "f", (Part("control", "off", 1), Part("treated", "on", 1)))


def test_a_ratio_survives_a_restart_with_its_users():
    ratio = Ratio().after((Tally(EVEN, (100, 100)),)).after((Tally(replace(EVEN, salt="other"), (90, 910)),))
    again = ratio_from(written_ratio(ratio))
    assert (again.tallies, again.restarts, again.found) == (ratio.tallies, 1, "s")


def test_a_status_holds_a_bounded_number_of_parts():
    many = tuple(Tally(replace(EVEN, segment=f"segment {number}"), (1, 1)) for number in range(MOST_PARTS))
    assert "segments" not in written_ratio(Ratio().after(many))
