"""A broken flag keeps the form it was published with, as long as it is the same resource."""

import pytest

from tests.unit.flagd.compiler.manifest import (
    cohort,
    compiled,
    findings,
    flag,
    holdout,
    needing,
    only,
    resource,
    segment,
    targeted,
)

BROKEN = {"offTesters": {"cohorts": ["none"]}}


def rebucketed(before: dict, after: dict, **spec):
    """A flag whose bucketing changes from `before` to `after`."""
    good = compiled(flag("f", bucketing=before, allOtherUsers={"percent": 5}))
    return good, good.update([flag("f", bucketing=after, allOtherUsers={"percent": 9}, **spec)])


def test_a_flag_that_breaks_keeps_its_last_good_form():
    good = compiled(flag("f"), flag("g"))
    broken = good.update([flag("f", **BROKEN)])
    assert findings(broken) == [("f", "spec.offTesters.cohorts[0]", "ReferenceMissing")]
    assert broken.held == ["f"]
    assert broken.revision == good.revision
    assert only(broken, "f") is only(good, "f")


def test_it_keeps_it_for_as_long_as_it_is_broken():
    broken = compiled(flag("f")).update([flag("f", **BROKEN)]).update([flag("f", offPayload=1, **BROKEN)])
    assert broken.held == ["f"]
    assert "payload" not in only(broken, "f")["variants"]["off"]


def test_once_mended_it_is_published_as_it_is_now():
    mended = compiled(flag("f")).update([flag("f", **BROKEN)]).update([flag("f", offPayload=False)])
    assert (mended.held, mended.diagnostics) == ([], [])
    assert only(mended, "f")["variants"]["off"]["payload"] is False


def test_it_is_mended_by_what_was_missing():
    mended = compiled(flag("f")).update([flag("f", **BROKEN)]).update([cohort("none")])
    assert (mended.held, mended.diagnostics) == ([], [])
    assert "f" in mended.ruleset.flags


def test_a_flag_that_was_never_good_stays_out():
    result = compiled(flag("f", **BROKEN))
    assert (result.held, result.flags) == ([], [])


def test_a_flag_made_anew_under_the_same_name_has_no_last_good_form():
    good = compiled(flag("f", meta={"uid": "1"}))
    assert good.update([flag("f", meta={"uid": "2"}, **BROKEN)]).flags == []


def test_a_removed_flag_leaves_no_form_behind():
    good = compiled(flag("f"))
    gone = good.update([], [flag("f").ref])
    assert gone.flags == []
    assert gone.update([flag("f", **BROKEN)]).flags == []


def test_a_flag_depends_on_the_form_that_its_broken_parent_keeps():
    good = compiled(needing("child", "f"), flag("f"))
    broken = good.update([flag("f", variants=[{"key": "b"}], **BROKEN), needing("other", "f")])
    assert findings(broken) == [("f", "spec.offTesters.cohorts[0]", "ReferenceMissing")]
    assert {"child", "other"} <= set(broken.ruleset.flags)


def test_members_of_a_new_cycle_keep_their_forms():
    good = compiled(needing("a", "b"), flag("b"), flag("c"))
    cyclic = good.update([needing("b", "a")])
    assert [reason for _, _, reason in findings(cyclic)] == ["CycleDetected", "CycleDetected"]
    assert cyclic.held == ["a", "b"]
    assert cyclic.revision == good.revision
    assert cyclic.update([flag("b")]).diagnostics == []


def test_a_new_flag_cannot_close_a_cycle_with_a_form_that_is_kept():
    kept = compiled(needing("a", "b"), flag("b")).update([flag("a", **BROKEN)])
    assert kept.held == ["a"]
    closed = kept.update([needing("b", "a")])
    assert ("b", "spec.prerequisites.flags[0].key", "CycleDetected") in findings(closed)
    assert closed.revision == kept.revision
    mended = closed.update([flag("a")])
    assert mended.diagnostics == []
    assert only(mended, "b")["dependencies"] == ["a"]


def test_a_key_in_conflict_stays_with_the_form_that_was_published():
    good = compiled(flag("f"))
    both = good.update([flag("g", key="f")])
    assert {name for name, _, _ in findings(both)} == {"f", "g"}
    assert both.revision == good.revision


def test_a_broken_segment_leaves_the_flags_that_use_it_as_they_were():
    good = compiled(targeted("f", refs=("s",)), segment("s", {"attribute": "user.os", "op": "is", "values": ["a"]}))
    broken = good.update([segment("s", {"op": "in cohort", "values": ["nobody"]})])
    assert broken.revision == good.revision
    assert broken.held == ["f"]


@pytest.mark.parametrize(
    ("before", "after", "field", "told"),
    [
        ({}, {"salt": "new"}, "salt", "salt changed from 'f' to 'new'"),
        ({"salt": "old"}, {}, "salt", "salt changed from 'old' to 'f'"),
        ({}, {"key": "user.device_id"}, "key", "key changed from 'user.user_id' to 'user.device_id'"),
        ({"key": "user.city"}, {"unit": "team", "key": "user.city"}, "unit", "unit changed from 'User' to 'team'"),
    ],
)
def test_a_change_of_bucketing_is_refused_with_the_old_and_the_new(before, after, field, told):
    good, changed = rebucketed(before, after)
    assert findings(changed) == [("f", f"spec.bucketing.{field}", "RebucketRefused")]
    assert told in changed.diagnostics[0].message
    assert changed.revision == good.revision


def test_it_is_taken_where_the_flag_allows_it():
    _, changed = rebucketed({}, {"salt": "new"}, allowRebucket=True)
    assert changed.diagnostics == []
    assert only(changed, "f")["segments"][0]["bucket"]["salt"] == "new"


def test_saying_the_default_is_no_change():
    _, changed = rebucketed({}, {"unit": "User", "key": "user.user_id", "salt": "f"})
    assert changed.diagnostics == []


def test_it_is_refused_again_until_it_is_taken_back():
    _, changed = rebucketed({}, {"salt": "new"})
    again = changed.update([flag("f", bucketing={"salt": "new"}, allOtherUsers={"percent": 5}, offPayload=1)])
    assert [reason for _, _, reason in findings(again)] == ["RebucketRefused"]
    assert again.update([flag("f", allOtherUsers={"percent": 9})]).diagnostics == []


def test_a_group_cannot_change_its_bucketing():
    good = compiled(holdout("h"))
    spec = {"type": "Holdout", "holdout": {"percent": 10}, "bucketing": {"salt": "new"}}
    changed = good.update([resource("FlagGroup", "h", spec)])
    assert findings(changed) == [("h", "spec.bucketing.salt", "RebucketRefused")]
    assert "new FlagGroup" in changed.diagnostics[0].message
