"""Our rulings on last good forms: what is answered after deletions, edits and restarts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flagd.compiler import Compiled, compile_project
from flagd.engine import Engine
from flagd.manifest import ResourceRef, validate
from flagd.ruleset import Ruleset

VECTORS = json.loads((Path(__file__).parent / "vectors" / "last_good.json").read_text())


def resources(manifests: list[dict[str, Any]]) -> list[Any]:
    return [resource for resource, _ in map(validate, manifests) if resource is not None]


def take(step: dict[str, Any], current: Compiled) -> Compiled:
    """Return what a step makes of a project; a restart knows the resources and what was served."""
    if step.get("restart"):
        served = Ruleset.from_json(json.loads(json.dumps(current.ruleset.as_json())))
        return compile_project(current.state.resources.values(), previous=Compiled.restore(served))
    gone = [ResourceRef(kind, "default", name) for kind, name in map(str.split, step.get("delete", ()))]
    return current.update(resources(step.get("apply", [])), gone)


def answers(current: Compiled, wanted: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    engine = Engine(current.flags, current.cohorts)
    return {
        key: {user: engine.variant({"user": {"user_id": user}}, key).key for user in users}
        for key, users in wanted.items()
    }


@pytest.mark.parametrize("vector", VECTORS, ids=[each["id"] for each in VECTORS])
def test_a_last_good_form_answers_as_it_is_ruled(vector: dict[str, Any]):
    current, wanted = compile_project(resources(vector["manifests"])), vector["answers"]
    assert answers(current, wanted) == wanted
    for step in vector["steps"]:
        current, wanted = take(step, current), step.get("answers", wanted)
        assert answers(current, wanted) == wanted
        assert not set(step.get("gone", ())) & current.ruleset.flags.keys()
    for key in vector["unknown"]:
        flag = current.ruleset.flags.get(key)
        assert flag is None or flag["metadata"]["deployed"] is False
