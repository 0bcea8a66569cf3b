"""Fitness: whether this machine can be a node. Each thing that a node does to a kernel is done once, and undone."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile

from tests.node import cgroup

SPACES = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--")
_FIRST = {
    "network, mount and process namespaces of its own": "mount -t tmpfs run /run",
    "processes of its own in /proc": "mount -t proc proc /proc",
    "settings of its own network": "echo 1 > /proc/sys/net/ipv4/ip_forward",
    "overlays": "mkdir lower upper work whole"
    " && mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work whole",
    "the messages of the kernel": ": < /dev/kmsg",
}
_WITH_PACKAGES = {
    "bridges": "ip link add name pods type bridge",
    "pairs of interfaces": "ip link add pod type veth peer name host",
    "nftables": "nft 'add table ip pods; add chain ip pods out { type nat hook postrouting priority 100; };"
    " add rule ip pods out ct state new masquerade'",
}


def unfit() -> str:
    """Return why no node can run here, as far as that shows without its Debian packages; "" if one can."""
    if platform.system() != "Linux" or os.geteuid() != 0:
        return "a node needs Linux and root"
    if missing := [name for name in ("unshare", "setpriv", "apt-get") if shutil.which(name) is None]:
        return f"a node needs {missing[0]}"
    return _refused(_FIRST) or cgroup.refused()


def unfit_network() -> str:
    """Return why no pod can have a network here; "" if they can. Needs the packages."""
    return _refused(_WITH_PACKAGES)


def _refused(tried: dict[str, str]) -> str:
    environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    for name, command in tried.items():
        with tempfile.TemporaryDirectory() as folder:
            argv = (*SPACES, "sh", "-c", command)
            done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=folder, env=environment)
        if done.returncode:
            return f"a node needs {name}: {done.stderr.strip()}"
    return ""
