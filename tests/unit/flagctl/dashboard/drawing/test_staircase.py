from flagctl.dashboard.drawing.staircase import staircase
from flagctl.dashboard.pages.flag.ladder import Ladder
from flagctl.rollout.rung import Rung


def test_stairs_rise_and_are_walked_to_where_the_ramp_stands():
    rungs = (Rung("5", ("hold 6h",), "done"), Rung("25", ("approval",), "now"), Rung("100", (), "next"))
    drawing = staircase(Ladder("run", goal="100", rungs=rungs))
    heights = [tread.y for tread in drawing.treads]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == drawing.top
    assert drawing.walked.count("V") == 2
    assert drawing.ahead.count("V") == 1
    assert [tread.label for tread in drawing.treads] == ["5 %", "25 %", "100 %"]


def test_a_ladder_without_steps_is_not_drawn():
    assert staircase(Ladder("run")) is None
