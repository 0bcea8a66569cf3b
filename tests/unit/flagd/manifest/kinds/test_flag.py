from flagd.manifest import KINDS, Flag, validate
from flagd.manifest.path import format_path
from tests.unit.flagd.manifest.findings import MATCH, flag


def test_everything_that_a_flag_refers_to_is_named_with_its_place():
    obj = flag(
        deployments=["web"],
        prerequisites={"flags": [{"key": "parent", "variants": ["on"]}]},
        memberOf=[{"group": "holdout"}],
        offTesters={"cohorts": ["staff"]},
        variants=[{"key": "on", "testers": {"cohorts": ["vip"]}}],
        segments=[{"name": "s", "match": MATCH, "segmentRefs": ["us"], "rollout": {"percent": 5}}],
    )
    resource, _ = validate(obj)
    assert isinstance(resource, Flag)
    assert {(each.kind, each.name): format_path(each.path) for each in KINDS["Flag"].references(resource.spec)} == {
        ("FlagDeployment", "web"): "spec.deployments[0]",
        ("Flag", "parent"): "spec.prerequisites.flags[0].key",
        ("FlagGroup", "holdout"): "spec.memberOf[0].group",
        ("FlagCohort", "staff"): "spec.offTesters.cohorts[0]",
        ("FlagCohort", "vip"): "spec.variants[0].testers.cohorts[0]",
        ("FlagSegment", "us"): "spec.segments[0].segmentRefs[0]",
    }


def test_the_key_is_the_name_unless_the_spec_has_one():
    named, keyed = (validate(flag(**spec))[0] for spec in ({}, {"key": "Old Checkout"}))
    assert (named.key, keyed.key) == ("new-checkout", "Old Checkout")
