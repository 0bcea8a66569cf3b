"""What kustomize renames is renamed wherever it is named, with the configuration that is shipped."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURATION = Path(__file__).parents[2] / "kustomize" / "flagoperator.yaml"
COHORT = {"op": "in cohort", "values": ["beta"]}
COUNTRY = {"attribute": "user.country", "op": "is", "values": ["DE"]}
TESTERS = {"cohorts": ["beta"]}
BASE: list[tuple[str, str, dict[str, Any]]] = [
    ("FlagCohort", "beta", {"members": ["ann"]}),
    ("FlagDeployment", "web", {"keyHashes": []}),
    ("FlagSegment", "germans", {"match": [COUNTRY]}),
    ("FlagSegment", "both", {"segmentRefs": ["germans"], "match": [COHORT]}),
    ("FlagSegment", "either", {"anyOf": [{"match": [COHORT]}, {"match": [COUNTRY]}]}),
    ("FlagGroup", "held", {"type": "Holdout", "holdout": {"include": TESTERS, "exclude": TESTERS}}),
    ("Flag", "parent", {"key": "parent", "active": True, "variants": [{"key": "on"}]}),
    (
        "Flag",
        "checkout",
        {
            "key": "checkout",
            "active": True,
            "deployments": ["web"],
            "memberOf": [{"group": "held"}],
            "prerequisites": {"flags": [{"key": "parent", "variants": ["on"]}]},
            "offTesters": TESTERS,
            "variants": [{"key": "on", "testers": TESTERS}],
            "segments": [
                {"name": "one", "segmentRefs": ["germans", "both"]},
                {"name": "two", "match": [COHORT, COUNTRY]},
                {"name": "three", "anyOf": [{"match": [COHORT]}]},
            ],
        },
    ),
]
RENAMED = ("beta", "web", "germans", "both", "held")


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    else:
        yield str(value)


def test_a_prefix_renames_every_reference_and_no_key(binaries: Path, tmp_path: Path):
    for kind, name, spec in BASE:
        obj = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        (tmp_path / f"{kind}-{name}.yaml").write_text(json.dumps(obj))
    resources = sorted(path.name for path in tmp_path.glob("*.yaml"))
    shutil.copy(CONFIGURATION, tmp_path)
    whole = {"namePrefix": "eu-", "resources": resources, "configurations": [CONFIGURATION.name]}
    (tmp_path / "kustomization.yaml").write_text(json.dumps(whole))
    done = subprocess.run(
        [binaries / "kubectl", "kustomize", tmp_path], capture_output=True, text=True, timeout=60, check=True
    )
    found = {obj["metadata"]["name"]: obj for obj in yaml.safe_load_all(done.stdout)}
    assert found.keys() == {f"eu-{name}" for _, name, _ in BASE}
    for obj in found.values():
        assert not set(RENAMED) & set(texts(obj["spec"])), obj
    spec = found["eu-checkout"]["spec"]
    assert spec["key"] == "checkout"
    assert spec["prerequisites"]["flags"][0]["key"] == "parent"
    assert spec["segments"][1]["match"][1] == COUNTRY
