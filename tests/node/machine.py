"""Machine: the control plane, and what makes this machine a node of it: kubelet, containerd, Services, DNS, policies.

Runs as the first process of network, mount and process namespaces of its own (tests/node/node.py), so the host's
network, firewall and mounts are never touched, and when it ends, the kernel ends everything.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import ssl
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.image.__main__ import REGISTRY
from tests.cluster.control_plane import ControlPlane
from tests.node.programs import WITHOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NAME, ADDRESS, PODS, SERVICES = "node", "10.90.0.1", "10.244.0.0/24", "10.0.0.0/24"
CONTAINERD = "/run/containerd/containerd.sock"
SECONDS = 300
DOCUMENTED = "registry.example/flags"  # of docs/install.md
ORDER = (
    "containerd",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "kube-router",
    "coredns",
)
# What kubelet demands of the kernel. It would set these for the whole machine; it is shown files that say so already.
TUNABLES = {
    "vm/overcommit_memory": 1,
    "vm/panic_on_oom": 0,
    "kernel/panic": 10,
    "kernel/panic_on_oops": 1,
    "kernel/keys/root_maxkeys": 1000000,
    "kernel/keys/root_maxbytes": 25000000,
}
_HEALTH = {
    "kube-controller-manager": "https://127.0.0.1:10257/healthz",
    "kube-scheduler": "https://127.0.0.1:10259/healthz",
    "kubelet": "http://127.0.0.1:10248/healthz",
    "kube-proxy": "http://127.0.0.1:10256/livez",
    "kube-router": "http://127.0.0.1:20244/healthz",
    "coredns": "http://127.0.0.1:8181/ready",
}
_API_SERVER: dict[str, str | None] = {
    "bind-address": "0.0.0.0",  # noqa: S104 - of the network of the node alone
    "advertise-address": ADDRESS,
    "endpoint-reconciler-type": None,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "disable-admission-plugins": None,
    "allow-privileged": "true",
    "kubelet-preferred-address-types": "InternalIP",
    "audit-policy-file": None,
    "audit-log-path": None,
    "audit-log-mode": None,
}
_CONTAINERD = """\
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/library/pause:node"
  restrict_oom_score_adj = true    # for machines where root may not lower it
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{cni}"
"""
# ptp, not bridge: every packet between pods is routed, so that kube-proxy sees it without br_netfilter.
_CNI = {
    "cniVersion": "1.0.0",
    "name": "pods",
    "plugins": [
        {
            "type": "ptp",
            "ipam": {"type": "host-local", "ranges": [[{"subnet": PODS}]], "routes": [{"dst": "0.0.0.0/0"}]},
        },
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ],
}
_COREFILE = """\
.:53 {{
    errors
    ready
    kubernetes cluster.local {{
        kubeconfig {kubeconfig}
    }}
    template ANY ANY . {{
        rcode NXDOMAIN
    }}
}}
"""


class Machine(ControlPlane):
    """The control plane, reached by pods too, and a node of it."""

    READY_SECONDS = SECONDS

    def __init__(self, folder: Path, binaries: Path, cgroup: str) -> None:
        super().__init__(folder, binaries, flags=_API_SERVER, ports={"kube-apiserver": 6443})
        keys = self._pki.folder
        self._flags |= {
            "kubelet-client-certificate": str(keys / "admin.crt"),
            "kubelet-client-key": str(keys / "admin.key"),
        }
        for user in ("kube-controller-manager", "kube-scheduler", "kube-proxy"):
            self.user(f"system:{user}", "system:authenticated")
        self.user(f"system:node:{NAME}", "system:nodes")
        (self.folder / "cni").mkdir(exist_ok=True)
        (self.folder / "containerd.toml").write_text(_CONTAINERD.format(cni=self.folder / "cni"))
        (self.folder / "cni/node.conflist").write_text(json.dumps(_CNI))
        (self.folder / "kubelet.json").write_text(json.dumps(kubelet(keys / "ca.crt", cgroup)))
        (self.folder / "Corefile").write_text(_COREFILE.format(kubeconfig=self.admin))

    def start_all(self, images: Sequence[Path]) -> None:
        """Start every component, load `images`, and wait until the node takes pods."""
        loaded = self.folder / "loaded"
        for name in (each for each in ORDER if each != WITHOUT):
            self.start(name)
            if name == "containerd" and not loaded.exists():
                load([self._binaries / "pause.tar", *images])
                loaded.touch()
        until(self._takes_pods)

    def running(self) -> bool:
        """Take in processes that lost their parent, containerd's shims, until one of the node's own ends."""
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        if ended is not None and ended.si_pid in {process.pid for process in self._processes.values()}:
            return False
        if ended is not None:
            os.waitpid(ended.si_pid, 0)
        return True

    def _takes_pods(self) -> bool:
        self.request("/api/v1/namespaces/default/serviceaccounts/default")
        conditions = self.request(f"/api/v1/nodes/{NAME}")["status"]["conditions"]
        return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)

    def _arguments(self, name: str) -> dict[str, Any]:
        own = {
            "containerd": {"config": self.folder / "containerd.toml"},
            "kube-controller-manager": self._controllers(),
            "kube-scheduler": self._as("kube-scheduler"),
            "kubelet": {
                "config": self.folder / "kubelet.json",
                "kubeconfig": self.folder / f"system:node:{NAME}.kubeconfig",
                "hostname-override": NAME,
                "node-ip": ADDRESS,
            },
            "kube-proxy": self._proxy(),
            "kube-router": {
                "kubeconfig": self.admin,
                "hostname-override": NAME,
                "service-cluster-ip-range": SERVICES,
                "run-firewall": "true",
                "run-router": "false",
                "run-service-proxy": "false",
                "run-loadbalancer": "false",
            },
            "coredns": {"conf": self.folder / "Corefile"},
        }
        return own[name] if name in own else super()._arguments(name)

    def _as(self, name: str) -> dict[str, Any]:
        identity = self.folder / f"system:{name}.kubeconfig"
        return {
            "kubeconfig": identity,
            "authentication-kubeconfig": identity,
            "authorization-kubeconfig": identity,
            "bind-address": "127.0.0.1",
            "leader-elect": "false",
        }

    def _controllers(self) -> dict[str, Any]:
        return {
            **self._as("kube-controller-manager"),
            "root-ca-file": self._pki.folder / "ca.crt",
            "service-account-private-key-file": self._pki.folder / "sa.key",
            "use-service-account-credentials": "true",
            "authorization-always-allow-paths": "/healthz,/readyz,/livez,/metrics",
        }

    def _proxy(self) -> dict[str, Any]:
        return {
            "kubeconfig": self.folder / "system:kube-proxy.kubeconfig",
            "hostname-override": NAME,
            "proxy-mode": "nftables",
            "cluster-cidr": PODS,
            # 0 leaves the kernel's settings alone; not all of them can be set in a network namespace.
            "conntrack-max-per-core": 0,
            "conntrack-min": 0,
            "conntrack-tcp-timeout-established": "0",
            "conntrack-tcp-timeout-close-wait": "0",
        }

    def _is_ready(self, name: str) -> bool:
        if name == "containerd":
            return connects(CONTAINERD)
        return answers(_HEALTH[name]) if name in _HEALTH else super()._is_ready(name)


def until(done: Callable[[], bool]) -> None:
    """Wait until `done`; what is not there yet is asked again."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if done():
                return
        time.sleep(0.1)
    raise RuntimeError("the node did not become ready; see its logs")


def connects(path: str) -> bool:
    """Return whether somebody listens on a socket. Raises OSError otherwise."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
    return True


def answers(url: str) -> bool:
    """Return whether a component on loopback is well. Raises OSError otherwise."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # certificates that they make themselves
    with urllib.request.urlopen(url, timeout=5, context=context):
        return True


def load(images: Sequence[Path]) -> None:
    """Import archives, in the namespaces of the node; ours get the name of docs/install.md's registry too."""
    ctr = ("ctr", "--namespace", "k8s.io", "images")
    for image in images:
        subprocess.run([*ctr, "import", image], check=True)
    for name in subprocess.run([*ctr, "list", "-q"], check=True, capture_output=True, text=True).stdout.split():
        if name.startswith(f"{REGISTRY}/"):
            subprocess.run([*ctr, "tag", "--force", name, name.replace(REGISTRY, DOCUMENTED)], check=True)


def kubelet(ca: Path, cgroup: str) -> dict[str, Any]:
    """Return kubelet's configuration."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(ca)},
        },
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": f"unix://{CONTAINERD}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": cgroup,
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDNS": [ADDRESS],
        "clusterDomain": "cluster.local",
        "resolvConf": "",
        # Images cannot be pulled again, and the disk is shared with others: never make room by removing any.
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
    }


def isolate(folder: Path) -> None:
    """Lay the node's network, and the folders that are its own."""
    for words in (
        "link set lo up",
        "link add node0 type bridge",
        f"addr add {ADDRESS}/24 dev node0",
        "link set node0 up",
        "route add default dev node0",  # leads nowhere, but programs want one
    ):
        subprocess.run(["ip", *words.split()], check=True)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    subprocess.run(["mount", "-t", "tmpfs", "run", "/run"], check=True)
    for name in ("lib", "log"):
        own = folder / "var" / name  # kept over a restart
        own.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", own, f"/var/{name}"], check=True)
    for name, value in TUNABLES.items():
        shown = Path("/run/tunables", name)
        shown.parent.mkdir(parents=True, exist_ok=True)
        shown.write_text(f"{value}\n")
        subprocess.run(["mount", "--bind", shown, f"/proc/sys/{name}"], check=True)
