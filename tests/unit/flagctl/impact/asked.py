"""Questions about one flag, for the tests of impact."""

from __future__ import annotations

from typing import Any

from flagctl.impact.question import Question, Ruleset
from flagd.compiler import compile_project
from flagd.manifest import validate

HEADER = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag", "metadata": {"name": "f"}}
VARIANTS = ["a", "b", "c"]


def ruleset(spec: dict[str, Any] | None) -> Ruleset:
    if spec is None:
        return Ruleset((), {})
    resource, findings = validate({**HEADER, "spec": {"active": True, **spec}})
    assert resource is not None, findings
    return Ruleset(list(compile_project([resource]).ruleset.flags.values()), {})


def question(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Question:
    return Question("default", ruleset(before), ruleset(after), ["f"])


def flag(percent: int, weights: list[int], **spec: Any) -> dict[str, Any]:
    keys = VARIANTS[: len(weights)]
    rollout = {"percent": percent, "weights": dict(zip(keys, weights, strict=True))}
    return {"variants": [{"key": key} for key in keys], "allOtherUsers": rollout, **spec}
