from __future__ import annotations

from typing import Any

import pytest

from flagctl.comparison.felt import felt
from flagd.compiler import compile_project
from flagd.manifest import validate

MATCH = [{"attribute": "user.country", "op": "is", "values": ["CA"]}]


def project(**specs: dict[str, Any]) -> Any:
    made = []
    for name, spec in specs.items():
        kind = spec.pop("kind", "Flag")
        header = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": kind, "metadata": {"name": name}}
        resource, findings = validate({**header, "spec": spec})
        assert resource is not None, findings
        made.append(resource)
    return compile_project(made)


def flag(**spec: Any) -> dict[str, Any]:
    return {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 50}, **spec}


def segment(**audience: Any) -> list[dict[str, Any]]:
    return [{"name": "s", **audience, "rollout": {"percent": 100}}]


def everything(**changed: dict[str, Any]) -> Any:
    """Return flags of which each feels something else."""
    named = {"op": "in cohort", "values": ["beta"]}
    specs = {
        "plain": flag(),
        "child": flag(prerequisites={"flags": [{"key": "plain", "variants": ["on"]}]}),
        "grandchild": flag(prerequisites={"flags": [{"key": "child", "variants": ["on"]}]}),
        "pro": {"kind": "FlagSegment", "match": MATCH},
        "segmented": flag(segments=segment(segmentRefs=["pro"])),
        "beta": {"kind": "FlagCohort", "members": ["ann"]},
        "listed": flag(segments=segment(match=[named])),
        "hold": {"kind": "FlagGroup", "type": "Holdout", "holdout": {"percent": 5}},
        "held": flag(memberOf=[{"group": "hold"}]),
        **changed,
    }
    return project(**specs)


@pytest.mark.parametrize(
    ("changed", "keys"),
    [
        ({}, []),
        ({"plain": flag(allOtherUsers={"percent": 60})}, ["child", "grandchild", "plain"]),
        ({"plain": flag(owner="team")}, []),
        ({"pro": {"kind": "FlagSegment", "match": [{**MATCH[0], "values": ["US"]}]}}, ["segmented"]),
        ({"beta": {"kind": "FlagCohort", "members": ["bob"]}}, ["listed"]),
        ({"hold": {"kind": "FlagGroup", "type": "Holdout", "holdout": {"percent": 9}}}, ["held"]),
        ({"new": flag()}, ["new"]),
    ],
)
def test_a_change_is_followed_to_every_flag_that_feels_it(changed: dict[str, Any], keys: list[str]) -> None:
    assert felt(everything(), everything(**changed)) == keys


def test_a_project_that_is_new_is_felt_by_all_its_flags() -> None:
    assert felt(None, project(a=flag())) == felt(project(a=flag()), None) == ["a"]
