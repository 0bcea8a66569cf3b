"""Decisions: what callers get of a snapshot, and whom the next one answers differently."""

from flagd.client.decisions import Table, affected, look_at_all, look_in
from flagd.client.user import User
from flagd.ruleset import Cohort
from flagd.snapshot import Snapshot
from tests.unit.flagd.ruleset.contents import make
from tests.unit.flagd.sampling.rising import rising

EVE = User("eve")


def _on(key, **parts):
    return {"key": key, "variants": {"on": {"key": "on", "value": "on"}}, "segments": [{"variant": "on"}], **parts}


def _asks(key, cohort):
    condition = {"selector": ["context", "user", "cohort_ids"], "op": "set contains any", "values": [cohort]}
    return _on(key) | {"segments": [{"conditions": [[condition]], "variant": "on"}]}


HIDDEN = {"metadata": {"deployed": False}}
RULESET = make({"a": _on("a"), "parent": _on("parent", **HIDDEN), "child": _on("child", dependencies=["parent"])})


def _ready(ruleset):
    return Snapshot.make(ruleset, None, 0.0)


def _look(snapshot, key, table=None, take=lambda *_: False):
    return look_in(snapshot, table or Table.of(snapshot), key, EVE, take)


def test_an_outcome_is_made_once_and_the_table_knows_it_then():
    snapshot = Snapshot.make(RULESET, None, 0.0)
    table = Table.of(snapshot)
    first = _look(snapshot, "a", table)
    assert first.key == "on"
    assert table.told[snapshot.engine.variant(EVE.context, "a")] is first


def test_an_outcome_that_a_run_compares_is_told_of_until_enough_users_are_known():
    snapshot, seen = Snapshot.make(rising(), None, 0.0), []
    table = Table.of(snapshot)

    def take(_source, outcome, context):
        seen.append((outcome.key, context["user"]["user_id"]))
        return len(seen) < 2

    first = _look(snapshot, "f", table, take)
    assert not table.told
    assert _look(snapshot, "f", table, take) is first
    assert list(table.told.values()) == [first]
    assert seen == [(first.key, "eve")] * 2


def test_what_is_there_for_others_only_is_told_to_nobody():
    snapshot = Snapshot.make(RULESET, None, 0.0)
    assert _look(snapshot, "parent") is None
    assert sorted(look_at_all(snapshot, EVE)) == ["a", "child"]


def test_an_unknown_flag_and_one_that_decides_nothing_give_nothing():
    snapshot = Snapshot.make(make({"a": _asks("a", "c")}), None, 0.0)
    assert _look(snapshot, "a") is None
    assert _look(snapshot, "nope") is None
    assert look_at_all(snapshot, EVE) == {}


def test_at_first_everything_is_affected_that_is_told():
    assert affected(None, _ready(RULESET)) == {"a", "child"}


def test_a_changed_flag_affects_those_that_depend_on_it():
    after = make({**RULESET.flags, "parent": _on("parent", metadata={"deployed": False, "x": 1})})
    assert affected(_ready(RULESET), _ready(after)) == {"child"}


def test_a_flag_that_goes_and_one_that_comes_are_affected():
    after = make({"b": _on("b"), "parent": RULESET.flags["parent"], "child": RULESET.flags["child"]})
    assert affected(_ready(RULESET), _ready(after)) == {"a", "b"}


def test_a_changed_cohort_affects_those_that_ask_for_it():
    flags = {"a": _asks("a", "beta"), "b": _asks("b", "other"), "c": _on("c")}
    before = make(flags, {"beta": Cohort("User", frozenset({"ann"}))})
    after = make(flags, {"beta": Cohort("User", frozenset({"eve"}))})
    assert affected(_ready(before), _ready(after)) == {"a"}
