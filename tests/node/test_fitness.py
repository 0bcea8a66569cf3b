"""A machine that lacks something a node needs is told apart before anything is installed or built for one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.node.fitness import unfit

ROOT = Path(__file__).resolve().parents[2]
ASK = "from tests.node.fitness import unfit; print(unfit())"
EMPTY = "mount -t tmpfs none /sys/fs/cgroup"
FIXED = f"{EMPTY} && touch /sys/fs/cgroup/cgroup.procs && mount -o remount,ro /sys/fs/cgroup"
LAYERS = "mkdir lower upper work && mount -t overlay o -o lowerdir=lower,upperdir=upper,workdir=work whole"


@pytest.fixture(autouse=True, scope="module")
def fit() -> None:
    if reason := unfit():
        pytest.skip(reason)


def told(folder: Path, *words: str) -> str:
    """Return what is said where `words` start Python, with `folder` for temporary files."""
    argv = [*words, sys.executable, "-c", ASK]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(argv, check=True, capture_output=True, text=True, env=environment, cwd=folder.parent).stdout


def test_root_without_the_rights_of_root_is_told_so(tmp_path: Path):
    assert "namespaces of its own" in told(tmp_path, "setpriv", "--bounding-set=-sys_admin")


@pytest.mark.parametrize(
    ("made", "missing"),
    [
        (EMPTY, "control groups, and /sys/fs/cgroup has none for cpu"),
        (FIXED, "Read-only file system"),
        (LAYERS, "overlays"),
        ("mount -t tmpfs none /dev", "messages of the kernel"),
    ],
    ids=["no control groups", "control groups to read only", "an overlay already", "no /dev/kmsg"],
)
def test_what_the_machine_lacks_is_named(tmp_path: Path, made: str, missing: str):
    (folder := tmp_path / "whole").mkdir()
    apart = ("unshare", "--mount", "sh", "-ec", f'{made}; exec "$@"', "sh")
    assert missing in told(folder, *apart)
