"""The JSON schemas, judged by a library for JSON Schema and by kubeconform."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from flagd.manifest import KINDS, validate
from tests.chart.judge import from_module, from_pypi
from tests.docs.page import blocks
from tests.unit.flagd.manifest.wrong import FIELDS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "schemas" / "flagoperator.dev"
REQUIREMENTS = Path(__file__).parent / "validators.txt"
EXAMPLES = sorted((ROOT / "examples").rglob("*.yaml"))
STATUSES = sorted((ROOT / "integrations" / "argocd" / "testdata").glob("*.yaml"))
JUDGE = """
import json, sys
from jsonschema import Draft7Validator
schema, objects = json.load(sys.stdin)
Draft7Validator.check_schema(schema)
judge = Draft7Validator(schema)
print(json.dumps([[error.message for error in judge.iter_errors(each)] for each in objects]))
"""


def judged(kind: str, objects: list[Any]) -> list[list[str]]:
    """Return what is wrong with each of `objects`, by the schema of `kind`."""
    schema = json.loads((FOLDER / f"{kind.lower()}_v1alpha1.json").read_text())
    done = subprocess.run(
        [sys.executable, "-c", JUDGE],
        input=json.dumps([schema, objects]),
        env={**os.environ, "PYTHONPATH": str(from_pypi(REQUIREMENTS))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def objects(kind: str) -> list[Any]:
    files = (each for path in (*EXAMPLES, *STATUSES) for each in yaml.safe_load_all(path.read_text()))
    return [each for each in files if each["kind"] == kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_and_every_status_fits_the_schema_of_its_kind(kind: str):
    found = objects(kind)
    assert found
    assert judged(kind, found) == [[] for _ in found]


def test_what_is_of_a_wrong_name_or_type_does_not():
    wrong = [
        case[0]
        for case in FIELDS.values()
        if case[0].get("kind") == "Flag"
        and {each.reason for each in validate(case[0])[1]} & {"UnknownField", "WrongType"}
        and "payload" not in str(case[0])
    ]
    assert len(wrong) > 5
    missed = [each for each, said in zip(wrong, judged("Flag", wrong), strict=True) if not said]
    assert missed == []


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_kubeconform_accepts_every_example_and_no_wrong_one(tmp_path: Path):
    kubeconform = from_module("github.com/yannh/kubeconform", "v0.7.0", "./cmd/kubeconform")
    (page,) = [each.text for each in blocks(Path("docs/gitops.md")) if each.text.startswith("kubeconform ")]
    _, *options = shlex.split(page.replace("\\\n", " "))
    at = options.index("default")  # the schemas of Kubernetes itself, which are on the network
    command = [kubeconform, *options[: at - 1], *options[at + 1 : -1]]
    done = subprocess.run([*command, *EXAMPLES], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(EXAMPLES[0].read_text().replace("spec:", "spec:\n  colour: red", 1))
    done = subprocess.run([*command, wrong], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert "colour" in done.stdout + done.stderr
