"""After a restart the last good forms come from the ruleset that a disk or a replica kept."""

import json

import pytest

from flagd.compiler import Compiled, compile_project
from flagd.ruleset import Ruleset
from tests.unit.flagd.compiler.manifest import cohort, compiled, deployment, findings, flag, holdout, needing, only

BROKEN = {"offTesters": {"cohorts": ["none"]}}


def restored(*resources) -> Compiled:
    """What compiling `resources` gave, after a way through a file."""
    return Compiled.restore(Ruleset.from_json(json.loads(json.dumps(compiled(*resources).ruleset.as_json()))))


def test_a_restored_project_serves_the_ruleset_it_came_from():
    before = compiled(needing("f", "g", deployments=["web"]), flag("g"), cohort("vip"), deployment("web"), holdout("h"))
    after = Compiled.restore(before.ruleset)
    assert after.ruleset == before.ruleset
    assert after.revision == before.revision


def test_the_same_resources_give_the_same_ruleset_and_the_same_objects():
    resources = [needing("f", "g"), flag("g"), cohort("vip", members=("ann",)), deployment("web"), holdout("h")]
    before = restored(*resources)
    after = compile_project(resources, previous=before)
    assert after.revision == before.revision == compiled(*resources).revision
    assert all(only(after, key) is only(before, key) for key in before.ruleset.flags)


def test_what_no_resource_claims_any_more_goes():
    before = restored(flag("f"), flag("g"), cohort("vip"), deployment("web"), holdout("h"))
    after = compile_project([flag("f")], previous=before)
    assert after.revision == compiled(flag("f")).revision


def test_a_flag_that_is_broken_keeps_the_restored_form():
    after = compile_project([flag("f", **BROKEN)], previous=restored(flag("f")))
    assert (after.held, after.owner("f")) == (["f"], None)
    assert findings(after) == [("f", "spec.offTesters.cohorts[0]", "ReferenceMissing")]


def test_a_parent_that_is_broken_has_its_restored_form_for_its_children():
    after = compile_project([needing("f", "g"), flag("g", **BROKEN)], previous=restored(needing("f", "g"), flag("g")))
    assert after.held == ["g"]


@pytest.mark.parametrize("bucketing", [{"salt": "new"}, {"key": "user.device_id"}])
def test_a_change_of_bucketing_is_refused_across_a_restart(bucketing):
    rollout = {"percent": 5}
    before = restored(flag("f", allOtherUsers=rollout))
    after = compile_project([flag("f", allOtherUsers=rollout, bucketing=bucketing)], previous=before)
    assert [reason for _, _, reason in findings(after)] == ["RebucketRefused"]


def test_a_unit_that_only_the_manifest_knows_is_no_change():
    spec = {"allOtherUsers": {"percent": 5}, "bucketing": {"unit": "company", "key": "user.city"}}
    assert compile_project([flag("f", **spec)], previous=restored(flag("f", **spec))).diagnostics == []


def test_a_flag_that_had_no_bucket_may_get_any():
    after = compile_project([flag("f", bucketing={"salt": "new"})], previous=restored(flag("f")))
    assert after.diagnostics == []
