"""Which flags changed lately, and who may know."""

import pytest

from flagd.api.openfeature.history import REMEMBERED_SECONDS, History
from tests.unit.flagd.api.projects import snapshots

WEB, IOS = frozenset({"web"}), frozenset({"ios"})


class _Clock:
    now = 0.0

    def __call__(self):
        return self.now


def _flag(name, variant="on", **spec):
    fields = "".join(f", {field}: {value}" for field, value in spec.items())
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}}}
spec: {{active: true, variants: [{{key: "{variant}"}}]{fields}}}
---"""


def _cohort(*members):
    return f"""
kind: FlagCohort
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: beta}}
spec: {{unit: User, members: [{", ".join(members)}]}}
---"""


def _deployment(name):
    return f"""
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}}}
spec: {{type: Client, keyHashes: ["sha256:{name.encode().hex():0>64}"]}}
---"""


def _told(history, since=0, deployments=None):
    kinds = ((key, alteration.kind(deployments)) for _, key, alteration in history.since(since))
    return {key: kind for key, kind in kinds if kind}


BEFORE = _flag("a") + _flag("b")
CHANGES = [
    ("nothing", BEFORE, {}),
    ("another variant", _flag("a", "two") + _flag("b"), {"a": "update"}),
    ("a new flag", BEFORE + _flag("c"), {"c": "write"}),
    ("a flag that is gone", _flag("a"), {"b": "delete"}),
    ("all are gone", "", {"a": "delete", "b": "delete"}),
]


@pytest.mark.parametrize(("_name", "after", "told"), CHANGES)
def test_what_differs_is_told_and_nothing_else(_name, after, told):
    history = History(_Clock())
    history.record(snapshots(BEFORE))
    number = history.number
    history.record(snapshots(after))
    assert _told(history, number) == told


def test_the_flags_of_a_project_that_was_not_known_all_changed():
    history = History(_Clock())
    history.record(snapshots(BEFORE))
    assert _told(history) == {"a": "write", "b": "write"}


def test_a_cohort_whose_members_change_changes_the_flags_that_name_it_and_those_that_depend_on_them():
    segment = "[{name: s, match: [{op: in cohort, values: [beta]}], rollout: {percent: 100}}]"
    child = _flag("child", prerequisites='{flags: [{key: asks, variants: ["on"]}]}')
    flags = _flag("asks", segments=segment) + child + _flag("other")
    history = History(_Clock())
    history.record(snapshots(flags + _cohort("ann")))
    number = history.number
    history.record(snapshots(flags + _cohort("ann", "bob")))
    assert _told(history, number) == {"asks": "update", "child": "update"}


def test_a_flag_that_changes_changes_those_that_depend_on_it_through_others():
    def flags(percent):
        middle = _flag("middle", prerequisites='{flags: [{key: root, variants: ["on"]}]}')
        leaf = _flag("leaf", prerequisites='{flags: [{key: middle, variants: ["on"]}]}')
        return snapshots(_flag("root", allOtherUsers=f"{{percent: {percent}}}") + middle + leaf + _flag("other"))

    history = History(_Clock())
    history.record(flags(0))
    number = history.number
    history.record(flags(50))
    assert _told(history, number) == {"root": "update", "middle": "update", "leaf": "update"}


VISIBILITY = [
    ("[web]", "[web]", {}, {}),
    ("[web]", "[ios]", {"a": "delete"}, {"a": "write"}),
    ("[web]", "[web, ios]", {"a": "update"}, {"a": "write"}),
    ("[ios]", "[ios]", {}, {}),
]


@pytest.mark.parametrize(("before", "after", "web", "ios"), VISIBILITY)
def test_who_may_not_see_a_flag_hears_nothing_of_it(before, after, web, ios):
    both = _deployment("web") + _deployment("ios")
    history = History(_Clock())
    history.record(snapshots(_flag("a", deployments=before) + both))
    number = history.number
    history.record(snapshots(_flag("a", deployments=after) + both))
    assert _told(history, number, WEB) == web
    assert _told(history, number, IOS) == ios


def test_who_saw_a_flag_at_any_time_hears_that_it_is_gone_although_it_changed_since():
    both = _deployment("web") + _deployment("ios")
    history = History(_Clock())
    history.record(snapshots(_flag("a", deployments="[web, ios]") + both))
    number = history.number
    history.record(snapshots(_flag("a", deployments="[ios]") + both))
    history.record(snapshots(_flag("a", "two", deployments="[ios]") + both))
    assert _told(history, number, WEB) == {"a": "delete"}


def test_groups_are_never_named():
    group = """
kind: FlagGroup
apiVersion: flagoperator.dev/v1alpha1
metadata: {name: held}
spec: {type: Holdout, holdout: {percent: %s}}
---"""
    flags = _flag("a", memberOf="[{group: held}]") + _flag("b")
    history = History(_Clock())
    history.record(snapshots(flags + group % 1))
    number = history.number
    history.record(snapshots(flags + group % 2))
    assert _told(history, number) == {"a": "update"}


def test_changes_are_forgotten_after_ten_minutes_and_that_is_known():
    clock = _Clock()
    history = History(clock)
    history.record(snapshots(BEFORE))
    clock.now = REMEMBERED_SECONDS - 1
    changed = snapshots(_flag("a", "two") + _flag("b"))
    history.record(changed)
    assert _told(history, history.forgotten) == {"a": "update", "b": "write"}
    clock.now = REMEMBERED_SECONDS
    history.record(changed)
    assert _told(history, history.forgotten) == {"a": "update"}
    assert history.forgotten == 1


def test_the_same_snapshots_again_cost_no_comparison():
    history = History(_Clock())
    same = snapshots(BEFORE)
    history.record(same)
    number = history.number
    history.record(same)
    history.record({name: one.at(one.as_of + 1) for name, one in same.items()})
    assert history.number == number
