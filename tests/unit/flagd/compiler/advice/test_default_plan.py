"""One plan of a namespace may be the default."""

from __future__ import annotations

from typing import Any

from flagd.compiler import compile_project
from flagd.manifest import FlagRolloutPlan, validate
from tests.unit.flagd.manifest.findings import resource


def plan(name: str, created: str = "", **spec: Any) -> FlagRolloutPlan:
    made = resource("FlagRolloutPlan", {"steps": [{"percent": 100}], **spec})
    made["metadata"] = {"name": name, "creationTimestamp": created}
    found, _ = validate(made)
    assert isinstance(found, FlagRolloutPlan)
    return found


def told(*plans: FlagRolloutPlan) -> list[str]:
    return [each.resource.name for each in compile_project(plans).diagnostics if each.resource is not None]


def test_the_oldest_wins_and_the_others_are_told():
    old, new = plan("z", "2026-01-01T00:00:00Z", default=True), plan("a", "2026-02-01T00:00:00Z", default=True)
    assert told(old, new, plan("b")) == ["a"]


def test_one_default_is_no_fault():
    assert told(plan("a", default=True), plan("b")) == []


def test_it_is_told_of_an_update_too_and_goes_with_the_rival():
    first = compile_project([plan("a", default=True)])
    second = first.update([plan("b", default=True)])
    assert [each.reason for each in second.diagnostics] == ["AnotherDefault"]
    assert second.update((), [plan("a").ref]).diagnostics == []
