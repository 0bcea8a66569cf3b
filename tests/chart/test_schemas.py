"""Every object of the chart, with every file of values, fits the schemas of the Kubernetes versions it is for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chart.helm import VALUES, render
from tests.chart.judge import from_pypi

REQUIREMENTS = Path(__file__).parent / "validators.txt"
OF_OTHERS = ("PrometheusRule", "ServiceMonitor", "Certificate")  # kinds that no schema of Kubernetes knows


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A file for each file of values, and one for the default, which has the CRDs of all."""
    folder = tmp_path_factory.mktemp("rendered")
    files = {"default": render()} | {path.stem: render(path, crds__enabled="false") for path in VALUES}
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return sorted(folder.iterdir())


def validate(version: str, *files: Path) -> subprocess.CompletedProcess[str]:
    """Run kubernetes-validate, which carries the schemas of all versions."""
    argv = [sys.executable, "-m", "kubernetes_validate", "--kubernetes-version", version, "--strict", "--quiet", *files]
    environment = {**os.environ, "PYTHONPATH": str(from_pypi(REQUIREMENTS))}
    return subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False, env=environment)


@pytest.mark.parametrize(
    "version", ["1.31", *(pytest.param(f"1.{n}", marks=pytest.mark.long) for n in range(32, 37)), "1.37"]
)
def test_every_version_of_kubernetes_knows_every_field(rendered: list[Path], version: str):
    done = validate(version, *rendered)
    assert done.returncode == 0, done.stdout + done.stderr
    unknown = [line for line in (done.stdout + done.stderr).splitlines() if not any(kind in line for kind in OF_OTHERS)]
    assert not unknown


def test_a_field_that_kubernetes_does_not_know_is_found(tmp_path: Path):
    wrong = tmp_path / "service.yaml"
    wrong.write_text("apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {prots: []}\n")
    assert validate("1.37", wrong).returncode != 0
