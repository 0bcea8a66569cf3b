import pytest

from flagd.compiler import compile_project, compile_projects, update_projects
from flagd.ruleset import Cohort, Ruleset, compute_revision
from tests.unit.flagd.compiler.manifest import (
    IN_US,
    cohort,
    compiled,
    deployment,
    findings,
    flag,
    holdout,
    needing,
    only,
    resource,
    segment,
    targeted,
)

SOME = [
    targeted("f", {"op": "in cohort", "values": ["vip"]}, refs=("us",), deployments=["web"]),
    needing("g", "f"),
    flag("m", memberOf=[{"group": "h"}]),
    segment("us", IN_US),
    cohort("vip", members=("ann",)),
    deployment("web"),
    holdout("h"),
]


def test_flags_are_sorted_by_key():
    assert [each["key"] for each in compiled(*SOME).flags] == ["f", "g", "h", "m"]


def test_the_order_of_resources_does_not_matter():
    one, other = compiled(*SOME), compiled(*reversed(SOME))
    assert (one.flags, one.revision, one.diagnostics) == (other.flags, other.revision, other.diagnostics)


def test_cohorts_and_deployments_travel_beside_the_flags():
    result = compiled(*SOME)
    assert result.cohorts == {"vip": Cohort("User", frozenset({"ann"}))}
    assert set(result.ruleset.deployments) == {"web"}


def test_the_revision_is_that_of_the_content():
    ruleset = compiled(*SOME).ruleset
    contents = (ruleset.flags, ruleset.cohorts, ruleset.deployments, ruleset.visibility)
    assert ruleset.revision == compute_revision(*contents)
    assert Ruleset.from_json(ruleset.as_json()) == ruleset


def test_an_empty_project_compiles():
    result = compiled()
    assert (result.flags, result.cohorts, result.diagnostics) == ([], {}, [])


def test_resources_of_other_namespaces_are_left_out():
    elsewhere = resource("Flag", "x", {"variants": [{"key": "on"}]}, {"namespace": "shop"})
    result = compile_project([flag("f"), elsewhere])
    assert [each["key"] for each in result.flags] == ["f"]
    assert result.update([elsewhere]).revision == result.revision


def test_every_namespace_is_a_project_of_its_own():
    shop = resource("Flag", "f", {"variants": [{"key": "on"}]}, {"namespace": "shop"})
    results = compile_projects([flag("f"), shop])
    assert [(name, each.ruleset.project, len(each.flags)) for name, each in results.items()] == [
        ("default", "default", 1),
        ("shop", "shop", 1),
    ]
    again = compile_projects([shop], results)
    assert list(again) == ["shop"]
    assert only(again["shop"], "f") is only(results["shop"], "f")


def test_several_projects_are_updated_as_if_they_had_been_compiled():
    def named(*some):
        return {each.ref: each for each in some}

    steps = [
        named(*SOME, flag("x", {"namespace": "other"})),
        named(*SOME[1:], flag("x", {"namespace": "other"})),
        named(*SOME, flag("y", {"namespace": "other"}), flag("z", {"namespace": "third"})),
        named(*SOME),
    ]
    before = steps[0]
    updated = everything = compile_projects(before.values())
    for resources in steps[1:]:
        differing = {ref for ref in resources.keys() | before.keys() if resources.get(ref) is not before.get(ref)}
        updated = update_projects(resources, differing, updated)
        everything = compile_projects(resources.values(), everything)
        assert list(updated) == list(everything)
        for name, one in everything.items():
            assert (updated[name].revision, updated[name].diagnostics) == (one.revision, one.diagnostics)
        before = resources


def test_what_did_not_change_is_not_made_again():
    before = compiled(*SOME)
    after = before.update([cohort("vip", members=("bob",))])
    assert after.cohorts["vip"].members == {"bob"}
    assert after.revision != before.revision
    assert all(only(after, key) is only(before, key) for key in before.ruleset.flags)


def test_a_project_that_was_updated_stays_as_it_was():
    before = compiled(*SOME)
    revision = before.revision
    before.update([flag("new")], [SOME[0].ref])
    assert (before.revision, sorted(before.ruleset.flags)) == (revision, ["f", "g", "h", "m"])


def test_compiling_with_the_previous_result_is_an_update():
    before = compiled(*SOME)
    after = compile_project([*SOME[1:], flag("f", offPayload=1)], previous=before)
    assert after.flags == compile_project([*SOME[1:], flag("f", offPayload=1)]).flags
    assert compile_project(SOME[3:], previous=before).diagnostics == []


def test_a_changed_segment_reaches_the_flags_that_use_it():
    after = compiled(*SOME).update([segment("us", {"attribute": "user.country", "op": "is", "values": ["CA"]})])
    assert only(after, "f")["segments"][0]["conditions"][0][1]["values"] == ["CA"]


def test_a_cohort_that_changes_its_unit_reaches_the_flags_that_use_it():
    after = compiled(*SOME).update([cohort("vip", unit="company")])
    assert only(after, "f")["segments"][0]["conditions"][0][0]["selector"][1:3] == ["groups", "company"]


def test_what_was_missing_and_comes_mends_who_needs_it():
    broken = compiled(needing("f", "p"), targeted("g", refs=("s",)))
    assert len(broken.diagnostics) == 2
    assert broken.update([flag("p"), segment("s", IN_US)]).diagnostics == []


def test_an_object_that_the_api_server_did_not_change_is_not_compiled_again():
    meta = {"uid": "1", "resourceVersion": "5"}
    before = compiled(flag("f", meta=meta))
    assert before.update([flag("f", meta=meta)]).state.outcomes["Key", "f"] is before.state.outcomes["Key", "f"]
    assert before.update([flag("f", meta={**meta, "resourceVersion": "6"}, offPayload=1)]).revision != before.revision
    # A store that was put back to an earlier state gives a version again, to another content.
    assert before.update([flag("f", meta=meta, offPayload=1)]).revision != before.revision


def test_removing_what_is_not_there_changes_nothing():
    before = compiled(*SOME)
    assert before.update([], [flag("none").ref]).revision == before.revision


@pytest.mark.parametrize(
    ("used", "users"),
    [
        (SOME[3], ["Flag default/f"]),
        (SOME[4], ["Flag default/f"]),
        (SOME[5], ["Flag default/f"]),
        (SOME[0], ["Flag default/g"]),
        (SOME[6], ["Flag default/m"]),
        (SOME[1], []),
    ],
)
def test_who_refers_to_a_resource_is_known(used, users):
    assert [str(ref) for ref in compiled(*SOME).used_by(used)] == users


def test_users_of_what_is_missing_are_known():
    assert [ref.name for ref in compiled(needing("f", "p")).used_by(flag("p"))] == ["f"]


def test_a_flag_has_a_revision_of_its_own():
    before = compiled(*SOME)
    after = before.update([flag("m", memberOf=[{"group": "h"}], offPayload=1)])
    changed = [key for key in after.ruleset.flags if after.flag_revision(key) != before.flag_revision(key)]
    assert changed == ["m"]
    assert after.flag_revision("none") is None


def test_the_owner_of_a_key_is_the_resource_it_came_from():
    result = compiled(flag("name", key="k"))
    assert (result.owner("k"), result.owner("name")) == (flag("name").ref, None)


def test_diagnostics_are_sorted_by_resource_and_path():
    testers = {"cohorts": ["x", "y"]}
    result = compiled(flag("b", offTesters=testers), flag("a", offTesters=testers))
    assert [(name, path) for name, path, _ in findings(result)] == [
        ("a", "spec.offTesters.cohorts[0]"),
        ("a", "spec.offTesters.cohorts[1]"),
        ("b", "spec.offTesters.cohorts[0]"),
        ("b", "spec.offTesters.cohorts[1]"),
    ]
