"""How the users of a run are divided, in one line for each segment."""

from flagctl.rollout.ratio_line import ratio_lines
from flagd.engine.split import Part, Split
from flagoperator.rollout.ratio import Ratio, Tally
from flagoperator.rollout.ratio_form import written_ratio

PARTS = (Part("control", "off", 3), Part("treated", "on", 1))


def tally(*users, parts=PARTS):
    return (Tally(Split("Canada", ("context", "user", "user_id"), "f", parts), users),)


def told(*users):
    return {"run": {"ratio": written_ratio(Ratio().after(tally(*users)))}}


def test_users_are_told_beside_what_was_expected():
    (line,) = ratio_lines(told(750, 250))
    assert line.startswith("✔ Canada: ░░░░")
    assert line.endswith("of 2000, control off 750 (75 % expected), treated on 250 (25 % expected) of 1000 users")


def test_a_mismatch_is_marked_and_its_bar_is_full():
    (line,) = ratio_lines(told(500, 500))
    assert line.startswith("✖ Canada: ████████████████████ ")


def test_a_mismatch_is_told_beside_what_is_counted_after_the_next_step():
    wider = (Part("control", "off", 1), Part("treated", "on", 1))
    ratio = Ratio().after(tally(500, 500)).after(tally(40, 60, parts=wider))
    found, now = ratio_lines({"run": {"ratio": written_ratio(ratio)}})
    assert found.startswith("✖")
    assert "control off 500 (75 % expected)" in found
    assert now.startswith("✔")
    assert "of 6000, control off 40 (50 % expected)" in now


def test_nothing_is_told_where_nobody_was_seen():
    assert ratio_lines(told(0, 0)) == []
    assert ratio_lines({}) == []
    assert ratio_lines({"run": None}) == []
