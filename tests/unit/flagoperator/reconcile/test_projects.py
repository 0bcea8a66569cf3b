"""What is broken keeps the form that was served, also after a restart that has forgotten its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flagd.ruleset.persistent import PersistentMap
from flagd.weight import WARN_BYTES
from flagoperator.reconcile.entry import Entry, read_entry
from flagoperator.reconcile.projects import Projects
from tests.unit.flagoperator.reconcile.cluster import flag, obj, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagd.ruleset import Ruleset

MANY = 300
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


@pytest.mark.parametrize("seen", ["never", "an older form", "a newer form"])
def test_of_what_is_broken_the_form_is_kept_that_another_serves(seen: str):
    forms = [flag("x", 1), flag("x", 2, generation=2, allOtherUsers={"percent": 50})]
    other, ours = Projects(), Projects()
    taking(other, entry(forms[1 if seen == "an older form" else 0]), entry(flag("y", 3)))
    if seen != "never":
        taking(ours, entry(forms[0 if seen == "an older form" else 1]))
    for each in (other, ours):
        taking(each, entry(broken(flag("x", 4))))
    taking(ours, entry(flag("y", 3)), entry(flag("z", 5)))
    touched = ours.adopt({"shop": other.compiled["shop"].ruleset})
    assert touched == {ref("x"), ref("y"), ref("z")}
    assert ours.compiled["shop"].flag_revision("x") == other.compiled["shop"].flag_revision("x")
    assert set(ours.compiled["shop"].ruleset.flags) == {"x", "y", "z"}, "what the other does not know yet stays"
    taking(ours, entry(flag("x", 6, generation=3, allOtherUsers={"percent": 10})))
    assert ours.compiled["shop"].diagnostics == []


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
    assert projects.broken.counts == {"Flag": 2}
    taking(projects, segment)
    assert projects.broken.counts["Flag"] == 1, "what it refers to is there"
    projects.take({segment.ref: None})
    assert projects.broken.counts["Flag"] == 2
    projects.take({invalid.ref: None, missing.ref: None})
    assert projects.broken.counts["Flag"] == 0
    projects.take({good.ref: None})
    assert projects.broken.counts["Flag"] == 0


MEMBER = flag("x", 1, memberOf=[{"group": "g"}])
GROUP = obj("FlagGroup", "g", 2, {"type": "Holdout", "holdout": {"percent": 5, "include": {"cohorts": ["vip"]}}})
COHORT = obj("FlagCohort", "vip", 3, {"members": ["ann"]})


def gone(projects: Projects, *names: tuple[str, str]) -> set:
    return projects.take({ref(name, kind): None for kind, name in names})


def test_what_a_last_good_form_needs_is_retained_across_restarts():
    projects = Projects()
    taking(projects, entry(MEMBER), entry(GROUP), entry(COHORT))
    gone(projects, ("FlagGroup", "g"))
    assert gone(projects, ("FlagCohort", "vip")) >= {ref("x")}, "its status names what is retained"
    served = projects.compiled["shop"].ruleset
    assert (set(served.flags), set(served.cohorts)) == ({"x", "g"}, {"vip"})
    after = remembering(served)
    taking(after, entry(MEMBER), entry(flag("other", 4)))
    kept = after.compiled["shop"]
    assert set(kept.cohorts) == {"vip"}
    assert kept.retained_for("x") == [("FlagGroup", "g"), ("FlagCohort", "vip")]
    gone(after, ("Flag", "x"))
    assert (list(after.compiled["shop"].ruleset.flags), after.compiled["shop"].cohorts) == (["other"], {})


def test_a_namespace_whose_contents_go_one_by_one_changes_no_answer_before_the_flag_is_gone():
    projects = Projects()
    taking(projects, entry(MEMBER), entry(GROUP), entry(COHORT))
    before = projects.compiled["shop"].ruleset
    for kind, name in (("FlagCohort", "vip"), ("FlagGroup", "g")):
        gone(projects, (kind, name))
        now = projects.compiled["shop"].ruleset
        assert now.flags["g"]["segments"] == before.flags["g"]["segments"]
        assert (now.flags["x"], dict(now.cohorts)) == (before.flags["x"], dict(before.cohorts))
    gone(projects, ("Flag", "x"))
    assert projects.compiled == {}


def test_a_resource_that_was_never_readable_is_there_and_broken():
    projects = Projects()
    user = flag("x", 2, segments=[{"name": "pro", "segmentRefs": ["pro"], "rollout": {"percent": 100}}])
    taking(projects, entry(broken(obj("FlagSegment", "pro", 1, PRO))), entry(user))
    assert [each.reason for each in projects.compiled["shop"].diagnostics] == ["ReferenceBroken"]


def test_a_cohort_that_was_never_readable_is_there_and_broken():
    projects = Projects()
    user = flag("f", 2, offTesters={"cohorts": ["x"]})
    taking(projects, entry(broken(GOOD["FlagCohort"])), entry(user))
    assert [each.reason for each in projects.compiled["shop"].diagnostics] == ["ReferenceBroken"]
    taking(projects, entry(GOOD["FlagCohort"]))
    assert projects.compiled["shop"].diagnostics == []


def test_a_namespace_with_nothing_readable_is_no_project():
    projects = Projects()
    taking(projects, entry(broken(flag("x", 1))))
    assert projects.compiled == {}


def test_what_is_made_again_and_invalid_keeps_nothing_of_what_was_deleted():
    projects = Projects()
    taking(projects, entry(flag("x", 1, uid="first")), entry(flag("other", 2)))
    taking(projects, entry(broken(flag("x", 3, uid="second"))))
    assert list(projects.compiled["shop"].ruleset.flags) == ["other"]


def test_news_begin_after_the_start_and_name_generation_and_manager():
    projects = Projects()
    taking(projects, entry(flag("a", 1)), entry(broken(flag("bad", 2))))
    assert [(one.ref.name, one.reason) for one in projects.drain_news()] == [("bad", "Broken")]
    projects.follow()
    edited = flag("a", 3, generation=2, active=False)
    edited["metadata"]["managedFields"] = [
        {"manager": "flagctl", "time": "2026-01-01T00:00:00Z", "fieldsV1": {"f:spec": {}}},
        {"manager": "kubectl-patch", "time": "2026-01-01T00:00:01Z", "fieldsV1": {"f:spec": {}}},
        {"manager": "kubectl-label", "time": "2026-01-01T00:00:02Z", "fieldsV1": {"f:metadata": {}}},
        {
            "manager": "flagoperator",
            "time": "2026-01-01T00:00:03Z",
            "subresource": "status",
            "fieldsV1": {"f:spec": {}},
        },
    ]
    taking(projects, entry(edited))
    assert [one.message for one in projects.drain_news()] == ["active true → false (generation 2, by kubectl-patch)"]
    taking(projects, entry(edited))
    assert projects.drain_news() == []


def test_a_change_of_one_flag_reads_no_map_of_all_flags_however_much_they_weigh(monkeypatch: pytest.MonkeyPatch):
    def heavy(number: int, version: int) -> Entry:
        payload = {"text": "x" * (WARN_BYTES // MANY)}
        spec = {"variants": [{"key": "on", "payload": payload}], "description": f"version {version}"}
        return entry(obj("Flag", f"flag-{number}", version, spec))

    projects = Projects()
    taking(projects, *(heavy(number, number + 1) for number in range(MANY)))
    projects.follow()
    assert projects.compiled["shop"].advice
    read: list[int] = []

    def watched(original: Callable[[PersistentMap[Any, Any]], Any]) -> Callable[[PersistentMap[Any, Any]], Any]:
        def reading(shared: PersistentMap[Any, Any]) -> Any:
            read.append(len(shared))
            return original(shared)

        return reading

    for method in ("__iter__", "as_dict"):
        monkeypatch.setattr(PersistentMap, method, watched(getattr(PersistentMap, method)))
    taking(projects, heavy(MANY // 2, MANY + 1))
    assert max(read, default=0) < MANY
