from flagd.snapshot import Snapshot
from tests.unit.flagd.compiler.manifest import cohort, compiled, flag, targeted

EVE = {"user": {"user_id": "eve"}}


def test_flags_that_did_not_change_are_not_made_again():
    one = compiled(flag("f"), flag("g"))
    other = compiled(flag("f"), flag("g", active=False), previous=one)
    before = Snapshot.make(one.ruleset, None, 1.0)
    after = Snapshot.make(other.ruleset, before, 2.0)
    assert after.engine.variant(EVE, "f") is before.engine.variant(EVE, "f")
    assert after.engine.variant(EVE, "g").key == "off"
    assert (after.revision, after.as_of) == (other.revision, 2.0)


def test_a_changed_cohort_changes_answers():
    one = compiled(targeted("f", {"op": "in cohort", "values": ["vip"]}), cohort("vip"))
    other = compiled(*one.state.resources.values(), cohort("vip", members=("eve",)))
    before = Snapshot.make(one.ruleset, None, 1.0)
    assert before.engine.variant(EVE, "f").key == "off"
    assert Snapshot.make(other.ruleset, before, 1.0).engine.variant(EVE, "f").key == "on"


def test_out_of_touch_until_it_is_known_to_be_current():
    snapshot = Snapshot.make(compiled(flag("f")).ruleset, None, 1.0)
    lost = snapshot.lost()
    assert (lost.stale, lost.as_of) == (True, 1.0)
    assert (lost.at(5.0).stale, lost.at(5.0).as_of) == (False, 5.0)
