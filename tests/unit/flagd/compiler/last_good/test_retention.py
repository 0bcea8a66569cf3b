"""A last good form is served with all that it needs: what a flag refers to may go, no answer of the flag changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagd.compiler import Compiled, compile_project
from flagd.compiler.project import Project
from flagd.engine import Engine
from flagd.manifest import Holdout
from flagd.manifest.kinds import Flag, FlagGroup, FlagSegment
from flagd.manifest.parts import testers
from flagd.ruleset import Ruleset
from flagd.ruleset.flag import is_retained
from tests.unit.flagd.compiler.manifest import (
    IN_US,
    ON_PRO,
    cohort,
    compiled,
    findings,
    flag,
    holdout,
    mutex,
    needing,
    only,
    resource,
    segment,
    targeted,
)
from tests.unit.flagd.compiler.strategies import PUTS

USERS = [
    {"user": {"user_id": name, "country": country}, "groups": {"company": {"group_name": "acme"}}}
    for name in ("ann", "bob", "eve", "ivy", "joe", "kim")
    for country in ("US", "FR")
]
IN_VIP = {"op": "in cohort", "values": ["vip"]}


def restarted(before: Compiled, *resources: Any) -> Compiled:
    """What the next process makes of `resources` with what `before` kept on disk."""
    kept = json.loads(json.dumps(before.ruleset.as_json()))
    return compile_project(resources, previous=Compiled.restore(Ruleset.from_json(kept)))


def answers(result: Compiled) -> dict[str, list[str | None]]:
    """What everybody gets of every flag that may be asked for."""
    engine = Engine(result.flags, result.cohorts)
    visible = [key for key, flag in result.ruleset.flags.items() if flag["metadata"]["deployed"]]
    return {key: [_key(engine.variant(user, key)) for user in USERS] for key in visible}


def _key(variant: Any) -> str | None:
    return None if variant is None else variant.key


def hidden(result: Compiled) -> list[str]:
    return [key for key, flag in result.ruleset.flags.items() if is_retained(flag)]


MEMBER = {"memberOf": [{"group": "g"}]}
SLOTTED = {"memberOf": [{"group": "g", "slot": "a"}]}
PAIRS = {
    "a holdout": (flag("f", **MEMBER), [holdout("g", 50)]),
    "a holdout with a cohort of its own": (
        flag("f", **MEMBER),
        [holdout("g", 1, include={"cohorts": ["vip"]}), cohort("vip", members=("ann",))],
    ),
    "a mutual exclusion": (flag("f", **SLOTTED), [mutex("g", a=50, b=50)]),
    "a prerequisite": (needing("f", "g"), [flag("g", allOtherUsers={"percent": 50})]),
    "a prerequisite of a prerequisite": (
        needing("f", "g"),
        [needing("g", "h"), flag("h", allOtherUsers={"percent": 50})],
    ),
    "a cohort of testers": (flag("f", offTesters={"cohorts": ["vip"]}), [cohort("vip", members=("ann", "bob"))]),
    "a cohort in a condition": (targeted("f", IN_VIP), [cohort("vip", members=("ann", "bob"))]),
    "a cohort in a segment": (
        targeted("f", refs=("s",)),
        [segment("s", IN_VIP), cohort("vip", members=("ann", "bob"))],
    ),
    "a segment": (targeted("f", refs=("s",)), [segment("s", IN_US)]),
    "a segment of a segment": (targeted("f", refs=("s",)), [segment("s", refs=("t",)), segment("t", IN_US)]),
}


def _deletions(order: int) -> list[Any]:
    return [pytest.param(child, parents[::order], id=name) for name, (child, parents) in PAIRS.items()]


@pytest.mark.parametrize(("child", "parents"), _deletions(1) + _deletions(-1))
def test_what_a_flag_refers_to_can_be_deleted_in_any_order(child, parents):
    current = compiled(child, *parents)
    before, left = answers(current)["f"], list(parents)
    for parent in parents:
        left.remove(parent)
        current = current.update([], [parent.ref])
        assert answers(current)["f"] == before
        again = restarted(current, child, *left)
        assert answers(again)["f"] == before
        assert again.revision == current.revision
    assert current.held == ["f"]


@pytest.mark.parametrize(("child", "parents"), _deletions(1))
def test_all_of_it_can_go_at_once(child, parents):
    current = compiled(child, *parents)
    gone = current.update([], [parent.ref for parent in parents])
    assert answers(gone) == {"f": answers(current)["f"]}
    missed = restarted(current, child)
    assert missed.revision == gone.revision, "it may go while nobody watches"


@pytest.mark.parametrize(("child", "parents"), _deletions(1))
def test_a_flag_that_is_deleted_goes_with_what_only_it_retained(child, parents):
    current = compiled(child, *parents, flag("other")).update([], [parent.ref for parent in parents])
    assert current.update([], [child.ref]).revision == compiled(flag("other")).revision
    assert restarted(current, flag("other")).revision == compiled(flag("other")).revision


@pytest.mark.parametrize(("child", "parents"), _deletions(1))
def test_what_is_made_again_takes_the_place_of_what_was_retained(child, parents):
    current = compiled(child, *parents)
    gone = current.update([], [parent.ref for parent in parents])
    assert gone.update(parents).revision == current.revision
    assert gone.update(parents).diagnostics == []
    assert restarted(gone, child, *parents).revision == current.revision


def test_what_is_made_again_may_be_another():
    gone = compiled(flag("f", **MEMBER), holdout("g", 50)).update([], [holdout("g").ref])
    spec = {"type": "Holdout", "holdout": {"percent": 1}, "bucketing": {"salt": "new"}}
    again = gone.update([resource("FlagGroup", "g", spec)])
    assert again.diagnostics == []
    assert only(again, "g")["segments"][0]["bucket"]["salt"] == "new"
    assert restarted(gone, flag("f", **MEMBER), resource("FlagGroup", "g", spec)).revision == again.revision


def test_what_is_made_again_and_broken_changes_nothing():
    current = compiled(needing("f", "g"), flag("g", meta={"uid": "1"}))
    broken = flag("g", meta={"uid": "2"}, offTesters={"cohorts": ["none"]})
    for after in (current.update([broken]), current.update([], [flag("g").ref]).update([broken])):
        assert answers(after) == {"f": answers(current)["f"]}
        assert ("f", "spec.prerequisites.flags[0].key", "ReferenceBroken") in findings(after)
        assert after.flag_revision("g") is None, "nothing of the new one is served"


def test_what_is_retained_is_told_with_those_that_need_it():
    current = compiled(needing("f", "g"), needing("e", "g"), flag("g")).update([], [flag("g").ref])
    [told] = [each for each in current.diagnostics if each.reason == "Retained"]
    assert (told.severity, str(told.resource)) == ("warning", "Flag default/g")
    assert told.message.endswith("need it: e, f")
    assert current.retained_for("f") == [("Flag", "g")]
    left = current.update([], [flag("e").ref])
    assert [each.message for each in left.diagnostics if each.reason == "Retained"] == [
        told.message.replace("e, f", "f")
    ]


def test_a_flag_names_all_that_is_retained_for_it_however_far():
    child, parents = PAIRS["a holdout with a cohort of its own"]
    current = compiled(child, *parents).update([], [each.ref for each in parents])
    assert current.retained_for("f") == [("FlagGroup", "g"), ("FlagCohort", "vip")]
    assert restarted(current, child).retained_for("f") == [("FlagGroup", "g"), ("FlagCohort", "vip")]


def test_an_edit_of_what_still_exists_counts():
    child, (parent, grandparent) = PAIRS["a prerequisite of a prerequisite"]
    held = compiled(child, parent, grandparent).update([], [parent.ref])
    assert "on" in answers(held)["f"]
    lowered = held.update([flag("h", allOtherUsers={"percent": 0})])
    assert set(answers(lowered)["f"]) == {"off"}


def test_a_new_flag_cannot_close_a_cycle_through_what_is_retained():
    held = compiled(needing("f", "g"), needing("g", "h"), flag("h")).update([], [flag("g").ref])
    closed = held.update([needing("h", "f")])
    assert ("h", "spec.prerequisites.flags[0].key", "CycleDetected") in findings(closed)
    assert answers(closed) == answers(held)
    freed = closed.update([flag("f")])
    assert freed.diagnostics == []
    assert hidden(freed) == []


def test_a_cohort_stays_with_a_form_that_inlined_it():
    current = compiled(targeted("f", refs=("s",)), segment("s", IN_VIP), cohort("vip", members=("ann",)))
    edited = current.update([segment("s", {"op": "in cohort", "values": ["none"]})], [cohort("vip").ref])
    assert answers(edited) == answers(current)
    assert edited.update([segment("s", ON_PRO)]).cohorts == {}


def test_a_flag_that_was_never_good_retains_nothing():
    never = compiled(needing("f", "g", offTesters={"cohorts": ["none"]}), flag("g"))
    assert never.update([], [flag("g").ref]).flags == []


def test_hidden_flags_cannot_be_made_by_a_manifest():
    made = compiled(flag("f", metadata={"retained": True}))
    assert hidden(made) == []
    assert restarted(made, flag("f", metadata={"retained": True})).revision == made.revision


NOWHERE = testers.Testers(cohorts=["nowhere"])
UNHELD = {"type": "Holdout", "slots": None, "holdout": Holdout(percent=5, include=NOWHERE)}


def _broken(good: Any) -> Any:
    """`good` after an edit that breaks it; None where nothing breaks this kind for the compiler."""
    if isinstance(good, Flag):
        return good.model_copy(update={"spec": good.spec.model_copy(update={"off_testers": NOWHERE})})
    if isinstance(good, FlagGroup):
        return good.model_copy(update={"spec": good.spec.model_copy(update=UNHELD)})
    if isinstance(good, FlagSegment):
        return good.model_copy(update={"spec": good.spec.model_copy(update={"segment_refs": ["nowhere"]})})
    return None


EDITS = st.tuples(st.just("edit"), PUTS)
HARMS = st.tuples(st.just("harm"), st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=4))
SCRIPTS = st.lists(st.one_of(EDITS, HARMS, HARMS), min_size=2, max_size=8)


def _harmed(current: Compiled, picks: list[tuple[int, bool]]) -> tuple[list[Any], list[Any]]:
    resources = list(current.state.resources.values())
    chosen = {one.ref: (one, gone) for number, gone in picks for one in resources[number : number + 1]}
    put = [worse for one, gone in chosen.values() if not gone and (worse := _broken(one)) is not None]
    return put, [ref for ref, (_, gone) in chosen.items() if gone]


def _freed(before: Compiled, after: Compiled) -> set[str]:
    """Flags that wait no more, as the rival for a key or a cycle is gone, and those that depend on them."""
    freed = {
        key
        for key in after.ruleset.flags
        if key not in after.held and (key in before.held or before.owner(key) != after.owner(key))
    }
    for _ in after.ruleset.flags:
        freed |= {one["key"] for one in after.flags if not freed.isdisjoint(one.get("dependencies", ()))}
    return freed


def check_sound(current: Compiled) -> None:
    """Whatever is served can be evaluated as it was meant, and nothing stays that nobody needs."""
    ruleset, outcomes = current.ruleset, current.state.outcomes
    ruleset.verify()
    needed = {need for outcome in outcomes.values() for need in outcome.needs}
    assert all(outcomes[need].product is not None for need in needed)
    for node, outcome in outcomes.items():
        assert not outcome.retained or node in needed
    for one in ruleset.flags.values():
        assert set(one.get("dependencies", ())) <= ruleset.flags.keys()


@settings(max_examples=100, deadline=None)
@given(SCRIPTS)
def test_no_answer_changes_by_the_loss_of_something_that_a_flag_refers_to(script):
    current = Compiled(Project("default"))
    for kind, step in script:
        put, gone = (step, []) if kind == "edit" else _harmed(current, step)
        before, current = current, current.update(put, gone)
        check_sound(current)
        resources = list(current.state.resources.values())
        assert restarted(current, *resources).revision == current.revision
        if kind == "harm":
            was, now = answers(before), answers(current)
            left = now.keys() - _freed(before, current)
            assert {key: now[key] for key in left} == {key: was[key] for key in left}
            assert {key for key in was if before.owner(key) not in gone} <= now.keys()
