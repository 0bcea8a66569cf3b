"""Engine.update: an engine that was changed answers as one that was made anew."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.engine import Engine
from flagd.ruleset import Cohort
from tests.unit.flagd.engine.flags import SEGMENTS, flag, needing, segment

NAMES = st.sampled_from(["a", "b", "c", "d"])
ANYBODY = {"user": {"user_id": "ann", "country": "US"}}


@st.composite
def some_flag(draw, key):
    if draw(st.booleans()):
        return needing(key, draw(NAMES))
    if draw(st.integers(0, 9)) == 0:
        return {"key": key, "segments": "malformed"}
    return flag(key, *draw(st.lists(SEGMENTS, max_size=2)))


@st.composite
def projects(draw):
    return {key: draw(some_flag(key)) for key in sorted(draw(st.sets(NAMES)))}


@st.composite
def edits(draw):
    """Return a project, and some that follow it."""
    history = [draw(projects())]
    for _ in range(draw(st.integers(1, 3))):
        after = dict(history[-1])
        for key in draw(st.sets(NAMES, min_size=1, max_size=2)):
            if draw(st.integers(0, 3)) == 0:
                after.pop(key, None)
            else:
                after[key] = draw(some_flag(key))
        history.append({key: after[key] for key in sorted(after)})
    return history


def changed(before, after):
    return [key for key in {**before, **after} if before.get(key) is not after.get(key)]


def answers(engine):
    return [(key, one.as_dict(), one.reason) for key, one in engine.evaluate(ANYBODY).items()]


@given(edits())
def test_an_engine_that_was_changed_is_one_that_was_made_anew(history):
    engine = Engine(history[0].values())
    for before, after in pairwise(history):
        engine = engine.update(after, changed(before, after), {})
        anew = Engine(after.values())
        assert answers(engine) == answers(anew)
        assert engine.order() == anew.order()
        for key in "abcd":
            one, other = engine.variant(ANYBODY, key), anew.variant(ANYBODY, key)
            assert (one and one.as_dict()) == (other and other.as_dict())
            one, other = engine.explain(ANYBODY, key), anew.explain(ANYBODY, key)
            assert (one and one.lines()) == (other and other.lines())


def test_the_engine_before_stays_as_it_was():
    before = {"a": flag("a", segment()), "b": needing("b", "a")}
    engine = Engine(before.values())
    first = answers(engine)
    engine.update({**before, "a": flag("a", segment(variant="b"))}, ["a"], {})
    assert answers(engine) == first


def test_a_flag_that_depends_on_one_that_changed_follows_it():
    before = {"a": flag("a", segment()), "b": needing("b", "a")}
    engine = Engine(before.values()).update({**before, "a": flag("a", segment(variant="off"))}, ["a"], {})
    assert engine.variant(ANYBODY, "b").key == "off"


@pytest.mark.parametrize("key", ["a", "b"])
def test_flags_that_do_not_change_keep_their_variants(key):
    flags = {"a": flag("a", segment()), "b": needing("b", "a"), "c": flag("c", segment())}
    engine = Engine(flags.values())
    changed_engine = engine.update({**flags, "c": flag("c", segment(variant="b"))}, ["c"], {})
    assert changed_engine.variant(ANYBODY, key) is engine.variant(ANYBODY, key)


def test_a_flag_that_asks_for_any_cohort_follows_cohorts_that_come_and_go():
    in_none = [[{"selector": ["context", "user", "cohort_ids"], "op": "is", "values": ["(none)"]}]]
    source = flag("f", segment("none", conditions=in_none), segment(variant="off"))
    user = {"user": {"user_id": "ann"}}
    engine = Engine([source], {})
    assert engine.variant(user, "f").key == "on"
    joined = Engine([source], {"beta": Cohort("User", frozenset({"ann"}))}, previous=engine)
    assert joined.variant(user, "f").key == "off"
    assert Engine([source], {}, previous=joined).variant(user, "f").key == "on"
