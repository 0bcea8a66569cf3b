"""What refers to a resource with errors is told so, not that there is none."""

import pytest

from flagd.manifest.reading.files import SourceFile
from flagd.sources.reading import Reading, take

HEAD = "apiVersion: flagoperator.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\n"
BROKEN = {"nonsense": "spec: {nonsense: 1}\n", "no mapping": "spec: 1\n", "none": ""}
USERS = {
    "FlagSegment": "segments: [{name: a, segmentRefs: [x], rollout: {percent: 100}}]",
    "FlagCohort": "offTesters: {cohorts: [x]}",
    "Flag": "prerequisites: {flags: [{key: x, variants: [x]}]}",
    "FlagGroup": "memberOf: [{group: x}]",
    "FlagDeployment": "deployments: [x]",
}
IN_COHORT = "segments: [{name: a, match: [{op: in cohort, values: [x]}], rollout: {percent: 100}}]"


def user(spec):
    return HEAD.format(kind="Flag", name="user") + f'spec: {{active: true, variants: [{{key: "on"}}], {spec}}}\n'


def told(*documents):
    reading = take([SourceFile("all.yaml", "---\n".join(documents).encode())], Reading())
    return [
        (one.severity, one.reason)
        for one in reading.diagnostics
        if one.resource.name == "user" and "Reference" in one.reason
    ]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("kind", USERS)
def test_a_resource_that_cannot_be_read_is_broken_and_not_missing(kind, broken):
    severity = "warning" if kind == "FlagDeployment" else "error"
    assert told(user(USERS[kind]), HEAD.format(kind=kind, name="x") + BROKEN[broken]) == [(severity, "ReferenceBroken")]
    assert told(user(USERS[kind])) == [(severity, "ReferenceMissing")]


def test_a_condition_names_a_cohort_that_cannot_be_read():
    cohort = HEAD.format(kind="FlagCohort", name="x")
    assert told(user(IN_COHORT), cohort + BROKEN["nonsense"]) == [("error", "ReferenceBroken")]


def test_a_flag_that_cannot_be_read_is_known_by_its_key():
    other = HEAD.format(kind="Flag", name="another") + "spec: {key: x, nonsense: 1}\n"
    assert told(user(USERS["Flag"]), other) == [("error", "ReferenceBroken")]


def test_what_two_documents_declare_is_broken():
    twice = HEAD.format(kind="FlagCohort", name="x") + "spec: {members: [ann]}\n"
    assert told(user(USERS["FlagCohort"]), twice, twice) == [("error", "ReferenceBroken")]


def test_a_namespace_in_which_nothing_can_be_read_is_no_project():
    lost = HEAD.format(kind="Flag", name="x") + BROKEN["nonsense"]
    other = lost.replace("shop", "other")
    reading = take([SourceFile("all.yaml", "---\n".join([user("sticky: true"), other]).encode())], Reading())
    assert list(reading.snapshots) == ["shop"]
