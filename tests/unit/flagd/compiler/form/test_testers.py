from flagd.compiler.findings import Findings
from flagd.compiler.form.testers import inclusions
from flagd.compiler.scope import CohortFace, Scope
from flagd.manifest.parts import testers as parts
from tests.unit.flagd.compiler.manifest import flag

FACES = {("FlagCohort", "vip"): CohortFace("User"), ("FlagCohort", "acme"): CohortFace("company")}
SCOPE = Scope(FACES.get, lambda _ref: None)


def included(**testers):
    findings = Findings(flag("f").ref)
    named = parts.Testers.model_validate(testers)
    return inclusions(named, "on", "spec.testers", SCOPE, findings), findings


def test_nobody_makes_no_segment():
    assert inclusions(None, "on", "spec", SCOPE, Findings(flag("f").ref)) == []
    assert included()[0] == []
    assert included(groups={"company": []})[0] == []


def test_each_way_to_name_a_tester_is_an_alternative():
    (segment,), _ = included(
        userIds=["ann"], deviceIds=["d"], cohorts=["vip", "acme"], groups={"team": ["a"], "company": ["b"]}
    )
    assert segment["variant"] == "on"
    assert segment["metadata"] == {"segmentName": "individual-inclusions"}
    assert [condition["selector"][1:] for (condition,) in segment["conditions"]] == [
        ["user", "user_id"],
        ["user", "device_id"],
        ["user", "cohort_ids"],
        ["groups", "company", "cohort_ids"],
        ["groups", "company", "group_name"],
        ["groups", "team", "group_name"],
    ]


def test_a_cohort_that_is_missing_is_named():
    _, findings = included(cohorts=["vip", "nobody"])
    assert [(each.path, each.reason) for each in findings.diagnostics] == [
        ("spec.testers.cohorts[1]", "ReferenceMissing")
    ]
