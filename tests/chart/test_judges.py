"""The chart and the examples, judged by others' programs. `make test-chart` builds these from Go modules once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.chart.helm import CHART, VALUES, render
from tests.chart.judge import from_module

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").rglob("*.yaml"))
pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]
# What kube-score would have otherwise, and why it is as it is.
EXCEPTIONS = {
    "container-image-pull-policy": "a tag is never given twice, so what is there need not be pulled again",
    "container-ephemeral-storage-request-and-limit": "the root cannot be written, and each emptyDir has its own limit",
    "pod-networkpolicy": "the pod of `helm test` lives for seconds, lets nobody in, and calls flagd alone",
    "deployment-has-host-podantiaffinity": "topologySpreadConstraints spread the pods over nodes and zones",
}


def judge(*words: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=300, check=False)


def test_the_suites_of_the_chart_pass():
    unittest = from_module("github.com/helm-unittest/helm-unittest", "v1.1.2", "./cmd/helm-unittest")
    done = judge(unittest, CHART)
    assert done.returncode == 0, done.stdout


def scored(values: Sequence[Path]) -> set[str]:
    """Return what kube-score would have otherwise."""
    score = from_module("github.com/zegl/kube-score", "v1.20.0", "./cmd/kube-score")
    options = ("--output-format=json", "--kubernetes-version=v1.35", "--ignore-container-cpu-limit")
    done = judge(score, "score", *options, "-", stdin=render(*values, crds__enabled="false"))
    checks = [check for each in json.loads(done.stdout) for check in each["checks"] if not check["skipped"]]
    return {check["check"]["id"] for check in checks if check["grade"] < 10}


@pytest.mark.parametrize("values", VALUES, ids=lambda path: path.stem)
def test_kube_score_finds_nothing_but_what_we_mean_to_have(values: Path):
    assert scored([values]) <= set(EXCEPTIONS)


def test_every_exception_is_still_one():
    assert scored([]) == set(EXCEPTIONS)


def test_kubectl_validate_accepts_every_example_and_no_wrong_one(tmp_path: Path):
    validate = from_module("sigs.k8s.io/kubectl-validate", "v0.0.4")
    known = f"--local-crds={CHART / 'files' / 'crds'}"
    done = judge(validate, known, *EXAMPLES)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(EXAMPLES[0].read_text().replace("spec:", "spec:\n  colour: red", 1))
    done = judge(validate, known, wrong)
    assert "colour" in done.stdout + done.stderr
