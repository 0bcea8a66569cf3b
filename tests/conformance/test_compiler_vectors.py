"""Amplitude's compiler: flags as its UI holds them, and what its server makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flagd.compiler import compile_project
from flagd.engine import Engine
from flagd.hashing import bucket
from flagd.manifest import Flag, FlagCohort

VECTORS = Path(__file__).parent / "vectors"
COMPILED = json.loads((VECTORS / "compiler.json").read_text())
BUCKETING = json.loads((VECTORS / "bucketing.json").read_text())
SALTS = {each["salt"]: each for each in BUCKETING["salts"]}


def attribute(prop: str) -> str:
    return f"user.properties['{prop.removeprefix('gp:')}']" if prop.startswith("gp:") else f"user.{prop}"


def rollout(percent: float, weights: dict[str, int] | None) -> dict[str, Any]:
    # Amplitude reads weights that are all 0 as even; a manifest says so by leaving them out.
    even = not weights or not any(weights.values())
    return {"percent": percent if isinstance(percent, int) else str(percent), **({} if even else {"weights": weights})}


def held_on(ui: dict[str, Any], key: str) -> dict[str, Any]:
    users = ui.get("inclusions", {}).get(key, [])
    return {"userIds": users, "deviceIds": users, "cohorts": ui.get("cohortInclusions", {}).get(key, [])}


def bucketing(ui: dict[str, Any]) -> dict[str, Any]:
    if "bucketingGroupType" in ui:
        return {"unit": ui["bucketingGroupType"], "salt": ui["bucketingSalt"]}
    return {"key": attribute(ui["bucketingKey"]), "salt": ui["bucketingSalt"]}


def target(segment: dict[str, Any]) -> dict[str, Any]:
    match = [
        {"attribute": attribute(each["prop"]), "op": each["op"], "values": each["values"]}
        for each in segment["conditions"]
    ]
    return {
        "name": segment["name"],
        "match": match,
        "rollout": rollout(segment["percentage"], segment["rolloutWeights"]),
    }


def manifest(ui: dict[str, Any]) -> Flag:
    """The manifest that says what `ui` says (api.md 3)."""
    spec: dict[str, Any] = {
        "active": ui.get("enabled", True),
        "testing": ui.get("testing", False),
        "evaluationMode": "Local",
        "variants": [{**each, "testers": held_on(ui, each["key"])} for each in ui["variants"]],
        "offTesters": held_on(ui, "off"),
        "bucketing": bucketing(ui),
        "sticky": ui.get("stickyBucketing", False),
        "segments": [target(each) for each in ui.get("targetSegments", [])],
        "allOtherUsers": rollout(ui["rolloutPercentage"], ui["rolloutWeights"]),
    }
    if "dependencies" in ui:
        parents = [{"key": key, "variants": variants} for key, variants in ui["dependencies"].items()]
        spec["prerequisites"] = {"flags": parents}
    return named(ui["key"], spec)


def named(key: str, spec: dict[str, Any], name: str = "flag") -> Flag:
    return Flag.model_validate({"kind": "Flag", "metadata": {"name": name}, "spec": {"key": key, **spec}})


def others(ui: dict[str, Any]) -> list[Any]:
    """What the flag refers to: the vectors hold the flag alone."""
    parents = [
        named(key, {"evaluationMode": "Local", "variants": [{"key": variant} for variant in variants]}, name=key)
        for key, variants in ui.get("dependencies", {}).items()
    ]
    cohorts = {name for members in ui.get("cohortInclusions", {}).values() for name in members}
    made = [FlagCohort.model_validate({"metadata": {"name": name}, "spec": {}}) for name in cohorts]
    return [*parents, *made]


@pytest.mark.parametrize("vector", COMPILED, ids=lambda vector: vector["id"])
def test_a_flag_compiles_as_amplitude_compiles_it(vector):
    ui = vector["ui"]
    compiled = compile_project([manifest(ui), *others(ui)])
    assert compiled.diagnostics == []
    assert {flag["key"]: flag for flag in compiled.flags}[ui["key"]] == vector["compiled"]


@pytest.mark.parametrize("plan", BUCKETING["plans"])
@pytest.mark.parametrize("salt", SALTS)
def test_a_plan_gives_every_user_the_variant_that_amplitude_gives(plan, salt):
    ui = {"key": plan, "bucketingSalt": salt, "bucketingKey": "user_id", **BUCKETING["plans"][plan]}
    compiled = compile_project([manifest(ui)])
    assert compiled.diagnostics == []
    assert compiled.flags == [SALTS[salt]["compiled"][plan]]
    engine = Engine(compiled.flags)
    users = SALTS[salt]["users"]
    got = [engine.variant({"user": {"user_id": user}}, plan).key for user in users]
    assert got == SALTS[salt]["variants"][plan]


@pytest.mark.parametrize("salt", SALTS)
def test_every_user_hashes_to_the_published_hash(salt):
    users = SALTS[salt]["users"]
    assert [bucket(salt, user).hash for user in users] == SALTS[salt]["hash"]
