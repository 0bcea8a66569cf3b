"""Whatever way a project took, it is the project that its resources make."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagd.compiler import Compiled
from flagd.compiler.project import Project
from flagd.compiler.update import Update
from tests.unit.flagd.compiler.manifest import IN_US, ON_PRO, cohort, compiled, flag, needing, only, segment, targeted
from tests.unit.flagd.compiler.strategies import PUTS

DROPS = st.lists(
    st.sampled_from([flag(key).ref for key in "abcde"] + [cohort("vip").ref, segment("s").ref]), max_size=2
)
STEPS = st.lists(st.tuples(PUTS, DROPS), min_size=1, max_size=6)


def resources(result: Compiled) -> list:
    return list(result.state.resources.values())


def graph(result: Compiled) -> tuple:
    project = result.state
    return (
        {node: outcome.diagnostics for node, outcome in project.outcomes.items()},
        {node: outcome.face for node, outcome in project.outcomes.items()},
        project.cycles,
        project.uses,
        {node: list(users) for node, users in project.users.items()},
        project.claims,
        list(project.faulty),
    )


def lasting(result: Compiled) -> list:
    """What is wrong, whatever edits led to it."""
    return [each for each in result.diagnostics if each.reason != "UsersMove"]


def published(result: Compiled) -> tuple:
    return result.flags, result.cohorts, result.ruleset.visibility, result.revision, result.diagnostics


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_an_update_is_what_compiling_everything_with_the_same_history_gives(steps):
    current = Compiled(Project("default"))
    for changed, removed in steps:
        everything = Update(current.state)
        for ref in removed:
            everything.remove(ref)
        for each in changed:
            everything.put(each.ref, each)
        everything.touch(current.state.outcomes)
        current = current.update(changed, removed)
        expected = Compiled(everything.finish())
        assert published(current) == published(expected)
        assert graph(current) == graph(expected)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_where_no_form_was_kept_the_history_does_not_show(steps):
    current = Compiled(Project("default"))
    for changed, removed in steps:
        current = current.update(changed, removed)
        if not current.held:
            fresh = compiled(*resources(current))
            assert published(current)[:-1] == published(fresh)[:-1]
            assert lasting(current) == fresh.diagnostics
            assert graph(current)[1:-1] == graph(fresh)[1:-1]


@settings(max_examples=100, deadline=None)
@given(PUTS, st.randoms(use_true_random=False))
def test_the_order_of_resources_does_not_show(several, random):
    distinct = list({each.ref: each for each in several}.values())
    shuffled = random.sample(distinct, len(distinct))
    assert published(compiled(*shuffled)) == published(compiled(*distinct))


@pytest.mark.parametrize("size", [50, 500])
def test_a_change_compiles_the_changed_flag_alone(size):
    before = compiled(*(needing(f"f{index}", *([f"f{index - 1}"] if index % 5 else [])) for index in range(size)))
    after = before.update([flag("f0", offPayload=1)])
    assert recompiled(before, after) == {("Key", "f0")}


def test_a_change_that_others_can_see_compiles_them_too():
    before = compiled(flag("a"), needing("b", "a"), needing("c", "b"), flag("d"))
    after = before.update([flag("a", evaluationMode="Local")])
    assert recompiled(before, after) == {("Key", "a"), ("Key", "b")}


def test_a_changed_segment_compiles_the_flags_that_use_it_however_far():
    before = compiled(targeted("f", refs=("s",)), targeted("g", IN_US), segment("s", refs=("t",)), segment("t", IN_US))
    after = before.update([segment("t", ON_PRO)])
    assert recompiled(before, after) == {("FlagSegment", "t"), ("FlagSegment", "s"), ("Key", "f")}


def test_a_segment_written_differently_with_the_same_meaning_reaches_nobody():
    before = compiled(targeted("f", refs=("s",)), segment("s", IN_US))
    after = before.update([segment("s", {**IN_US, "values": ["US", "US"]})])
    assert recompiled(before, after) == {("FlagSegment", "s")}
    assert only(after, "f") is only(before, "f")


def recompiled(before: Compiled, after: Compiled) -> set[tuple[str, str]]:
    old, new = before.state.outcomes, after.state.outcomes
    return {node for node in new if new[node] is not old.get(node)}
