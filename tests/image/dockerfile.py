"""Dockerfile: what BuildKit makes of it, and its build stage, run in a Debian of its own with the rights of Docker.

There is neither Docker nor a registry here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.chart.judge import from_folder, run

ROOT = Path(__file__).resolve().parents[2]
# What Docker leaves of the rights of root.
RIGHTS = (
    "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,"
    "audit_write,setfcap"
)
BUNDLE = "etc/ssl/certs/ca-certificates.crt"
INSIDE = """
mount --rbind /dev "$0/dev" && mount --rbind /proc "$0/proc" && mount --rbind /etc/resolv.conf "$0/etc/resolv.conf" &&
exec setpriv --bounding-set="$1" chroot "$0" /bin/sh -c "$2"
"""


def instructions(path: Path) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile, each with what follows it on its lines."""
    text = re.sub(r"\\\n *", "", path.read_text())
    lines = (line.partition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return [(word, rest) for word, _, rest in lines]


def translated(path: Path) -> dict[str, Any]:
    """Return what BuildKit warns of in a Dockerfile (`warnings`), and the configuration of its image (`config`)."""
    return dict(json.loads(run(from_folder(Path(__file__).parent / "buildkit"), path)))


def build(path: Path, root: Path) -> None:
    """Run the first stage of a Dockerfile in `root`, which this makes: a small Debian.

    Raises:
        subprocess.CalledProcessError: a step failed; its stderr says why.
    """
    subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "bookworm", root], check=True)
    (root / "etc/resolv.conf").touch()
    first, second = (number for number, (word, _) in enumerate(instructions(path)) if word == "FROM")
    for word, rest in instructions(path)[first + 1 : second]:
        STEPS[word](root, rest)


def _copy(root: Path, rest: str) -> None:
    """Copy what .dockerignore lets through."""
    assert rest == ". /src"
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source in (found for pattern in kept for found in ROOT.glob(pattern)):
        target = root / "src" / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)


def _run(root: Path, command: str) -> None:
    # Whose certificates this machine trusts is no part of the image.
    trusted = root / "trusted.crt"
    shutil.copy(f"/{BUNDLE}", trusted)
    rights = "-all," + ",".join(f"+{each}" for each in RIGHTS.split(","))
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PIP_CERT": "/trusted.crt"}
    argv = ["unshare", "--mount", "--propagation", "private", "sh", "-c", INSIDE, root, rights, command]
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    subprocess.run(argv, check=True, env=environment | proxies, stdin=subprocess.DEVNULL)


STEPS = {"RUN": _run, "COPY": _copy}
