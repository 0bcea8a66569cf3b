"""A kind that is registered is there everywhere, without a line of code elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flagd.compiler import compile_project
from flagd.manifest import ResourceRef, crds, read_text, validate
from flagd.manifest.envelope import key_of
from flagoperator.cluster.address import collection, kind_of
from flagoperator.reconcile.entry import read_entry
from flagoperator.reconcile.projects import Projects, findings_of
from flagoperator.reconcile.propagation import Progress, Stage
from flagoperator.reconcile.status import Facts, desired_status
from scripts.generate_manifest_docs import render
from tests.own_kind import own_kind, staircase

__all__ = ["own_kind"]

pytestmark = pytest.mark.usefixtures("own_kind")
NOW = "2026-01-01T00:00:00Z"


def compiled(*objects: dict[str, Any]) -> list[tuple[str, str, str]]:
    resources = [resource for obj in objects if (resource := validate(obj)[0]) is not None]
    assert len(resources) == len(objects)
    found = compile_project(resources, project="default").diagnostics
    return [(str(each.resource).partition("/")[0].split()[0], each.path, each.reason) for each in found]


def obj(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {**staircase(name), "kind": kind, "spec": spec}


def test_it_has_a_definition_with_its_columns_and_its_rules():
    (definition,) = [each for each in crds() if each["spec"]["names"]["kind"] == "FlagStaircase"]
    (version,) = definition["spec"]["versions"]
    assert definition["metadata"]["name"] == "flagstaircases.flagoperator.dev"
    assert definition["spec"]["names"]["shortNames"] == ["fstair"]
    columns = [each["name"] for each in version["additionalPrinterColumns"]]
    assert columns == ["First", "Used by", "Ready", "Message", "Age"]
    steps = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["steps"]
    assert steps["x-kubernetes-validations"] == [{"rule": "size(self) < 20", "message": "twenty steps are a ramp"}]
    assert "usedByCount" in version["schema"]["openAPIV3Schema"]["properties"]["status"]["properties"]


def test_it_is_on_the_page_of_manifests():
    page = render()
    assert "## FlagStaircase" in page
    assert "Short name `fstair`. How a rollout rises, step by step." in page
    assert "| `hold` | string (≤ 32) |  | How long it is held, such as 6h. |" in page


@pytest.mark.parametrize(
    ("spec", "path", "reason", "says"),
    [
        ({"steps": [{"percent": 5}, {"percent": 5}]}, "spec.steps[1].percent", "NotRising", "not above"),
        ({"steps": [{"percent": 5, "hold": "soon"}]}, "spec.steps[0].hold", "InvalidForm", "is not a duration"),
        ({"steps": []}, "spec.steps", "Empty", "is empty"),
        ({"staps": []}, "spec.staps", "UnknownField", "did you mean `steps`?"),
    ],
)
def test_lint_finds_what_is_wrong_with_it(spec: dict[str, Any], path: str, reason: str, says: str):
    found = read_text(json.dumps(staircase(**spec))).diagnostics
    assert [(each.path, each.reason) for each in found] == [(path, reason)]
    assert says in found[0].message


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"segments": ["staff", "nobody"]}, "spec.segments[1]"),
        ({"after": "gone"}, "spec.after"),
        ({"like": "steep"}, "spec.like"),
    ],
)
def test_what_it_refers_to_must_be_there(spec: dict[str, Any], path: str):
    staff = obj("FlagSegment", "staff", match=[{"attribute": "user.country", "op": "is", "values": ["DE"]}])
    assert compiled(staircase(**spec), staff) == [("FlagStaircase", path, "ReferenceMissing")]


def test_what_it_refers_to_must_be_usable_itself():
    found = compiled(staircase("a", like="b"), staircase("b", after="gone"))
    assert found == [
        ("FlagStaircase", "spec.like", "ReferenceBroken"),
        ("FlagStaircase", "spec.after", "ReferenceMissing"),
    ]


def test_two_that_refer_to_each_other_are_a_cycle():
    assert {reason for *_, reason in compiled(staircase("a", like="b"), staircase("b", like="a"))} >= {"CycleDetected"}


def test_its_users_are_known():
    resources = [resource for each in ("a", "b") if (resource := validate(staircase(each, like="c"))[0]) is not None]
    target = validate(staircase("c"))[0]
    assert target is not None
    project = compile_project([*resources, target], project="default")
    assert [ref.name for ref in project.used_by(target)] == ["a", "b"]
    assert project.flags == []


def test_the_operator_judges_it_and_says_so_in_its_status():
    found = staircase(after="gone")
    found["metadata"] |= {"namespace": "default", "uid": "u", "resourceVersion": "1", "generation": 1}
    entry = read_entry("FlagStaircase", found, None)
    projects = Projects()
    projects.take({entry.ref: entry})
    findings = findings_of(entry, projects.compiled["default"])
    status = desired_status(Facts(entry, findings, None, Progress(Stage.SERVED, 1, 1)), NOW)
    ready = next(each for each in status["conditions"] if each["type"] == "Ready")
    assert (ready["status"], ready["reason"]) == ("False", "ReferenceMissing")
    assert "there is no flag 'gone'" in ready["message"]


def test_the_operator_knows_its_address():
    assert collection("FlagStaircase", "shop") == "/apis/flagoperator.dev/v1alpha1/namespaces/shop/flagstaircases"
    assert kind_of("flagstaircases") == "FlagStaircase"
    assert key_of(staircase(), ResourceRef("FlagStaircase", "default", "slow")) == "slow"
