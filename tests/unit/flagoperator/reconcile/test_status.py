"""The same facts give the same status, and a status that is right is not written again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from flagd.manifest import Diagnostic, ResourceRef, Severity
from flagoperator.reconcile.condition import condition_of
from flagoperator.reconcile.effective import Reach
from flagoperator.reconcile.entry import read_entry
from flagoperator.reconcile.propagation import Progress, Stage
from flagoperator.reconcile.served import Served
from flagoperator.reconcile.status import MOST_USERS, Facts, Shown, complaint, desired_status, shown_by
from tests.unit.flagoperator.reconcile.cluster import flag, obj, ref

NOW, LATER = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
ALL = Progress(Stage.SERVED, 2, 2)
SOME = Progress(Stage.PUBLISHING, 1, 2)
NONE = Progress(Stage.NO_REPLICAS)
MATCH = [{"attribute": "user.country", "op": "is", "values": ["DE"]}]
SEGMENTS = [{"name": name, "match": MATCH, "rollout": {"percent": 100}} for name in ("first", "second")]


def facts(progress: Progress = ALL, *, generation: int = 1, status: dict[str, Any] | None = None, **spec: Any) -> Facts:
    entry = read_entry("Flag", flag(generation=generation, **spec), None)
    if status is not None:
        entry = replace(entry, packed_status=orjson.dumps(status))
    served = Served(f"hash-{generation}", generation)
    return Facts(entry, (), served, progress, reach=Reach({"All Other Users": 25_000}))


def error(reason: str, message: str = "it is wrong", severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(severity, reason, message, "spec.segments[0]", ref())


def truth(status: dict[str, Any]) -> dict[str, str]:
    return {each["type"]: f"{each['status']} {each['reason']}" for each in status["conditions"]}


def test_a_flag_that_is_served_everywhere():
    status = desired_status(facts(), NOW)
    assert truth(status) == {
        "Ready": "True Compiled",
        "Published": "True Published",
        "RolledOut": "True Published",
    }
    assert status["published"] == "2/2"
    assert status["revision"] == "hash-1"
    assert status["servedGeneration"] == 1
    assert status["effective"] == {
        "rollout": "25",
        "percent": "25",
        "variants": "on",
        "salt": "checkout",
        "allocations": [{"name": "All Other Users", "percent": "25"}],
    }


@pytest.mark.parametrize(
    ("progress", "published"),
    [
        (SOME, "Unknown Publishing"),
        (NONE, "Unknown NoReplicas"),
        (Progress(Stage.REFUSED, 1, 2, "flagd-1: too deep"), "False Refused"),
        (Progress(Stage.HELD, 0, 2, "99 of 100 flags would go"), "Unknown Held"),
    ],
)
def test_what_is_not_served_everywhere_is_reconciling(progress: Progress, published: str):
    found = truth(desired_status(facts(progress), NOW))
    assert found == {
        "Ready": "True Compiled",
        "Published": published,
        "Reconciling": f"True {published.partition(' ')[2]}",
        "RolledOut": f"False {published.partition(' ')[2]}",
    }


def test_a_new_generation_first_takes_back_that_it_is_published():
    first = desired_status(facts(), NOW)
    second = desired_status(facts(ALL, generation=2, status=first), LATER)
    assert truth(second)["Published"] == "Unknown Publishing"
    third = desired_status(facts(ALL, generation=2, status=second), LATER)
    assert truth(third)["Published"] == "True Published"


def test_a_new_flag_may_be_published_with_the_first_write():
    assert truth(desired_status(facts(status={"observedGeneration": -1}), NOW))["Published"] == "True Published"


@pytest.mark.parametrize("progress", [SOME, NONE, Progress(Stage.PUBLISHING, 2, 3)])
def test_replicas_that_come_and_go_later_rewrite_nothing(progress: Progress):
    before = desired_status(facts(), NOW)
    assert desired_status(facts(progress, status=before), LATER) == before


def test_a_change_of_what_a_flag_refers_to_is_written_once_when_it_is_served():
    before = desired_status(facts(), NOW)
    changed = replace(facts(SOME, status=before), served=Served("hash-new", 1))
    assert desired_status(changed, LATER) == before
    assert desired_status(replace(changed, progress=ALL), LATER) == before | {
        "revision": "hash-new",
        "shortRevision": "hash-new",
    }


def test_replicas_are_counted_anew_only_when_it_is_time():
    before = desired_status(facts(Progress(Stage.PUBLISHING, 0, 2)), NOW)
    after = facts(SOME, status=before)
    assert desired_status(after, LATER)["published"] == "0/2"
    assert desired_status(replace(after, recount=True), LATER)["published"] == "1/2"


def test_an_invalid_flag_says_where_it_is_wrong_and_which_generation_is_served():
    first = facts()
    entry = read_entry("Flag", flag(generation=2, allOtherUsers={"percent": 101}), first.entry)
    status = desired_status(replace(first, entry=entry), NOW)
    assert truth(status) == {
        "Ready": "False InvalidPercent",
        "Published": "False LastGood",
        "Stalled": "True InvalidPercent",
        "RolledOut": "False NotUsable",
    }
    ready, published = condition_of(status, "Ready"), condition_of(status, "Published")
    assert ready is not None
    assert published is not None
    assert ready["message"].startswith("spec.allOtherUsers.percent: ")
    assert published["message"] == "generation 1 is still served"
    assert status["servedGeneration"] == 1
    assert status["effective"]["percent"] == "25"


def test_what_is_served_is_told_with_what_was_deleted_and_stays_for_it():
    found = replace(facts(), findings=[error("ReferenceMissing", "there is no FlagGroup 'g'")])
    one, many = (
        desired_status(replace(found, served=Served("hash", 1, retained)), NOW)
        for retained in ([("FlagGroup", "g")], [("FlagGroup", "g"), ("Flag", "h"), ("FlagCohort", "vip")])
    )
    told = complaint(one)
    assert str(told) == (
        "spec.segments[0]: there is no FlagGroup 'g'; generation 1 is served with FlagGroup g, which was deleted"
    )
    assert str(complaint(many)).endswith("served with FlagGroup g, Flag h and FlagCohort vip, which were deleted")
    assert told != complaint(many), "that more was deleted is news"
    assert told == complaint(desired_status(replace(found, served=Served("hash", 1, [("FlagGroup", "g")])), LATER))


def test_what_is_retained_is_named_up_to_a_limit():
    assert str(Served("hash", 1, [("Flag", f"f{number}") for number in range(300)])).endswith(
        "and 295 more, which were deleted"
    )


def test_an_invalid_flag_that_never_was_valid_is_not_served():
    found = replace(facts(variants=[]), served=None)
    status = desired_status(found, NOW)
    assert truth(status)["Published"] == "False NotServed"
    assert "revision" not in status


@pytest.mark.parametrize(
    ("reason", "abnormal"),
    [
        ("CycleDetected", {"Stalled": "True CycleDetected"}),
        ("KeyConflict", {"Stalled": "True KeyConflict"}),
        ("ReferenceMissing", {"Reconciling": "True ReferenceMissing"}),
        ("ReferenceBroken", {"Reconciling": "True ReferenceBroken"}),
    ],
)
def test_what_the_compiler_found_is_the_reason(reason: str, abnormal: dict[str, str]):
    found = truth(desired_status(replace(facts(), findings=[error(reason)]), NOW))
    assert found == {
        "Ready": f"False {reason}",
        "Published": "False LastGood",
        "RolledOut": "False NotUsable",
        **abnormal,
    }


def test_a_warning_keeps_a_flag_ready():
    found = replace(facts(), findings=[error("ReferenceMissing", "no such deployment", Severity.WARNING)])
    ready = condition_of(desired_status(found, NOW), "Ready")
    assert ready is not None
    assert (ready["status"], ready["message"]) == ("True", "spec.segments[0]: no such deployment")


def test_times_change_only_with_what_they_are_about():
    before = desired_status(facts(SOME), NOW)
    after = desired_status(facts(ALL, status=before), LATER)
    times = {each["type"]: each["lastTransitionTime"] for each in after["conditions"]}
    assert times == {"Ready": NOW, "Published": LATER, "RolledOut": LATER}


def test_a_request_to_reconcile_is_answered():
    asked = flag()
    asked["metadata"]["annotations"] = {"reconcile.fluxcd.io/requestedAt": "now"}
    found = replace(facts(), entry=read_entry("Flag", asked, None))
    assert desired_status(found, NOW)["lastHandledReconcileAt"] == "now"


def test_users_are_counted_all_and_named_up_to_a_limit():
    entry = read_entry("FlagSegment", obj("FlagSegment", "pro", 1, {"match": [IN_US]}), None)
    users = [ResourceRef("Flag", "shop", f"f{number}") for number in range(MOST_USERS + 5)]
    status = desired_status(Facts(entry, (), None, ALL, users), NOW)
    assert status["usedByCount"] == MOST_USERS + 5
    assert len(status["usedBy"]) == MOST_USERS
    assert status["usedBy"][0] == "Flag/f0"
    assert "revision" not in status
    assert "RolledOut" not in truth(status), "only flags roll out"


IN_US = {"attribute": "user.country", "op": "is", "values": ["US"]}


def settled(status: dict[str, Any], generation: int = 1) -> Shown:
    entry = replace(read_entry("Flag", flag(generation=generation), None), packed_status=orjson.dumps(status))
    return shown_by(entry)


@pytest.mark.parametrize(
    "forged", [{"published": "99/99"}, {"revision": "deadbeef"}, {"servedGeneration": 7}, {"effective": {}}]
)
@pytest.mark.parametrize("progress", [ALL, SOME, NONE])
def test_every_field_that_a_foreign_hand_changed_is_put_right(progress: Progress, forged: dict[str, Any]):
    right = desired_status(facts(), NOW)
    found = facts(progress, status=right | forged)
    assert desired_status(replace(found, shown=settled(right), trusting=False), LATER) == right


@pytest.mark.parametrize(("progress", "reason"), [(NONE, "NoReplicas"), (SOME, "Publishing")])
def test_a_status_from_a_backup_is_believed_for_a_while_only(progress: Progress, reason: str):
    right = desired_status(facts(), NOW)
    restored = facts(progress, status=right)
    assert desired_status(restored, LATER) == right
    assert truth(desired_status(replace(restored, trusting=False), LATER))["Published"] == f"Unknown {reason}"


def test_a_status_from_a_backup_that_is_true_is_left():
    right = desired_status(facts(), NOW)
    assert desired_status(replace(facts(status=right), trusting=False), LATER) == right


def test_the_count_of_an_earlier_form_says_which_and_stays_while_replicas_come_and_go():
    broken = facts(generation=2)
    broken = replace(broken, findings=[error("ReferenceMissing")], served=Served("hash-1", 1))
    status = desired_status(broken, NOW)
    assert status["published"] == "2/2 (gen 1)"
    entry = replace(broken.entry, packed_status=orjson.dumps(status))
    later = replace(broken, entry=entry, progress=NONE, trusting=False)
    assert desired_status(later, LATER)["published"] == "0/0 (gen 1)"
    assert desired_status(replace(later, shown=settled(status, 2)), LATER) == status


@pytest.mark.parametrize(
    ("spec", "rollout"),
    [
        ({}, "25"),
        ({"active": False}, None),
        ({"segments": SEGMENTS[:1]}, "25 +1 segment"),
        ({"segments": SEGMENTS}, "25 +2 segments"),
        ({"segments": SEGMENTS, "allOtherUsers": None}, "0 +2 segments"),
    ],
)
def test_the_rollout_reads_right_at_night(spec: dict[str, Any], rollout: str | None):
    assert desired_status(facts(**spec), NOW)["effective"].get("rollout") == rollout
