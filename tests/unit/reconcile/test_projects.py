"""What is broken keeps the form that was served, also after a restart that has forgotten its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flagoperator.reconcile.entry import Entry, read_entry
from flagoperator.reconcile.projects import Projects
from tests.unit.reconcile.cluster import flag, obj, ref

if TYPE_CHECKING:
    from flagd.ruleset import Ruleset

PRO = {"match": [{"attribute": "user.properties.plan", "op": "is", "values": ["pro"]}]}
GOOD: dict[str, dict[str, Any]] = {
    "Flag": flag("x", 1),
    "FlagCohort": obj("FlagCohort", "x", 1, {"members": ["ann"]}),
    "FlagDeployment": obj("FlagDeployment", "x", 1, {"type": "Server", "keyHashes": ["sha256:" + "0" * 64]}),
    "FlagGroup": obj("FlagGroup", "x", 1, {"type": "Holdout", "holdout": {"percent": 5}}),
}


def entry(found: dict[str, Any], before: Entry | None = None) -> Entry:
    return read_entry(found["kind"], found, before)


def taking(projects: Projects, *entries: Entry) -> set:
    return projects.take({each.ref: each for each in entries})


def remembering(served: Ruleset) -> Projects:
    projects = Projects()
    projects.remember({"shop": served})
    return projects


def broken(good: dict[str, Any]) -> dict[str, Any]:
    return {**good, "metadata": {**good["metadata"], "generation": 2}, "spec": {"nonsense": 1}}


@pytest.mark.parametrize("kind", GOOD)
def test_a_restart_keeps_what_is_served_of_an_invalid_resource(kind: str):
    before = Projects()
    taking(before, entry(GOOD[kind]), entry(flag("other", 2)))
    served = before.compiled["shop"].ruleset
    after = remembering(served)
    taking(after, entry(broken(GOOD[kind])), entry(flag("other", 2)))
    assert after.compiled["shop"].revision == served.revision


@pytest.mark.parametrize("kind", GOOD)
def test_nothing_is_kept_of_what_was_deleted_meanwhile(kind: str):
    before = Projects()
    taking(before, entry(GOOD[kind]), entry(flag("other", 2)))
    after = remembering(before.compiled["shop"].ruleset)
    taking(after, entry(flag("other", 2)))
    only = Projects()
    taking(only, entry(flag("other", 2)))
    assert after.compiled["shop"].revision == only.compiled["shop"].revision


def test_flags_keep_their_form_while_a_segment_of_theirs_is_invalid():
    segment = obj("FlagSegment", "pro", 1, PRO)
    user = flag("x", 2, segments=[{"name": "pro", "segmentRefs": ["pro"], "rollout": {"percent": 100}}])
    before = Projects()
    taking(before, entry(segment), entry(user))
    served = before.compiled["shop"].ruleset
    after = remembering(served)
    taking(after, entry(broken(segment)), entry(user))
    assert after.compiled["shop"].revision == served.revision


def test_an_invalid_flag_does_not_take_the_key_of_another():
    before = Projects()
    taking(before, entry(flag("x", 1)))
    served = before.compiled["shop"].ruleset
    after = remembering(served)
    rival = broken(flag("rival", 2))
    rival["spec"]["key"] = "x"
    taking(after, entry(flag("x", 1)), entry(rival))
    assert after.compiled["shop"].revision == served.revision
    assert after.compiled["shop"].diagnostics == []


def test_mending_it_brings_the_new_form():
    before = Projects()
    taking(before, entry(flag("x", 1)))
    after = remembering(before.compiled["shop"].ruleset)
    taking(after, entry(broken(flag("x", 1))))
    taking(after, entry(flag("x", 3, generation=3, allOtherUsers={"percent": 50})))
    fresh = Projects()
    taking(fresh, entry(flag("x", 3, generation=3, allOtherUsers={"percent": 50})))
    assert after.compiled["shop"].revision == fresh.compiled["shop"].revision


def test_a_project_without_resources_is_gone():
    projects = Projects()
    taking(projects, entry(flag("x", 1)))
    assert projects.take({ref("x"): None}) == {ref("x")}
    assert projects.compiled == {}
    assert projects.taken(ref("x")) is None


def test_those_that_use_a_changed_segment_are_looked_at_too():
    projects = Projects()
    user = flag("x", 2, segments=[{"name": "pro", "segmentRefs": ["pro"], "rollout": {"percent": 100}}])
    taking(projects, entry(user), entry(flag("other", 3)))
    assert taking(projects, entry(obj("FlagSegment", "pro", 4, PRO))) == {ref("pro", "FlagSegment"), ref("x")}


def test_a_segment_is_looked_at_when_it_gets_a_user():
    projects = Projects()
    taking(projects, entry(obj("FlagSegment", "pro", 1, PRO)))
    user = flag("x", 2, segments=[{"name": "pro", "segmentRefs": ["pro"], "rollout": {"percent": 100}}])
    assert ref("pro", "FlagSegment") in taking(projects, entry(user))


def test_what_cannot_be_used_as_it_is_is_counted():
    projects = Projects()
    uses = {"segments": [{"name": "pro", "segmentRefs": ["pro"], "rollout": {"percent": 100}}]}
    segment = entry(obj("FlagSegment", "pro", 3, PRO))
    good, invalid, missing = entry(flag("good", 1)), entry(broken(flag("bad", 1))), entry(flag("lacking", 2, **uses))
    taking(projects, good, invalid, missing)
    assert projects.unready == {"Flag": 2}
    taking(projects, segment)
    assert projects.unready["Flag"] == 1, "what it refers to is there"
    projects.take({segment.ref: None})
    assert projects.unready["Flag"] == 2
    projects.take({invalid.ref: None, missing.ref: None})
    assert projects.unready["Flag"] == 0
    projects.take({good.ref: None})
    assert projects.unready["Flag"] == 0
