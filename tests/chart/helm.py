"""Helm: the program, found or built once, and what it renders of our chart."""

from __future__ import annotations

import subprocess
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.chart.judge import from_module

CHART = Path(__file__).resolve().parents[2] / "charts" / "flagoperator"
VALUES = sorted((CHART / "ci").glob("*-values.yaml"))
VERSION = "v3.20.0"
NAMESPACE = "flags"


def helm() -> Path:
    """Return the path of a helm of VERSION, which takes the cluster for a Kubernetes 1.35 where it sees none."""
    stamp = f"-X helm.sh/helm/v3/internal/version.version={VERSION}"
    stamp += "".join(f" -X helm.sh/helm/v3/pkg/chartutil.k8sVersion{part}" for part in ("Major=1", "Minor=35"))
    return from_module("helm.sh/helm/v3", VERSION, "./cmd/helm", stamp=stamp)


def render(*values: Path, **settings: str) -> str:
    """Return what `helm template` prints with these files of values and these settings (``a__b`` is ``a.b``)."""
    done = attempt(*values, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def attempt(*values: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Return how `helm template` ended."""
    chosen = [word for path in values for word in ("--values", str(path))]
    return template(
        "test", NAMESPACE, *chosen, *(f"--set={name.replace('__', '.')}={value}" for name, value in settings.items())
    )


def template(release: str, namespace: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Return how `helm template` ended for this release, with these options."""
    apis = "--api-versions=admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy"
    argv = [helm(), "template", release, CHART, f"--namespace={namespace}", apis, *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)


def objects(*values: Path, **settings: str) -> list[dict[str, Any]]:
    """Return the rendered objects, those of `helm test` too; the caller may change them."""
    return deepcopy(_objects(*values, **settings))


@cache
def _objects(*values: Path, **settings: str) -> list[dict[str, Any]]:
    # In C: the CRDs are 10,000 lines, and Python takes seconds for them.
    return [each for each in yaml.load_all(render(*values, **settings), yaml.CSafeLoader) if each]


def find(found: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    """Return the object of that kind and name."""
    return next(each for each in found if each["kind"] == kind and each["metadata"]["name"] == name)
