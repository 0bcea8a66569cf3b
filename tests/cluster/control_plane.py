"""ControlPlane: a real etcd and kube-apiserver as processes on loopback, with RBAC and an audit log.

with ControlPlane(folder, assets()) as plane:
    subprocess.run([plane.kubectl, "get", "ns"], env={**os.environ, "KUBECONFIG": plane.admin})
    plane.kill("kube-apiserver"); plane.start("kube-apiserver")       # same port, same data
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
from typing import TYPE_CHECKING, Any, Self

from tests.cluster.admin import Admin
from tests.cluster.audit_log import AuditLog
from tests.cluster.pki import Pki
from tests.ports import free_ports

if TYPE_CHECKING:
    from pathlib import Path

# The metadata of every write and list, nothing of single reads: the truth about our API traffic.
_AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "users": ["system:apiserver"]},
        {"level": "Metadata", "verbs": ["create", "update", "patch", "delete", "deletecollection", "list", "watch"]},
        {"level": "None"},
    ],
}
# PR_SET_PDEATHSIG: no orphans behind a killed test run. A program of its own sets it: Python code between fork and exec
# may wait for ever for a lock that a thread of gRPC held at the fork, and with it whoever started the process.
_DIE_WITH_PARENT = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
_STOP_SECONDS = 60


class ControlPlane:
    """etcd and kube-apiserver in `folder`; `flags` adds or (None) drops those of the API server, `ports` fixes some."""

    READY_SECONDS = 90

    def __init__(
        self,
        folder: Path,
        binaries: Path,
        *,
        flags: dict[str, str | None] | None = None,
        ports: dict[str, int] | None = None,
    ) -> None:
        self.folder, self._binaries, self._flags = folder.resolve(), binaries, flags or {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("etcd", "logs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "audit-policy.json").write_text(json.dumps(_AUDIT_POLICY))
        self._ports = dict(zip(("etcd", "etcd-peer", "kube-apiserver"), free_ports(3), strict=True)) | (ports or {})
        self._pki = Pki(self.folder / "pki")
        self.url = f"https://127.0.0.1:{self._ports['kube-apiserver']}"
        self.serving = self._pki.folder / "serving.crt", self._pki.folder / "serving.key"
        self.kubectl = binaries / "kubectl"
        self.admin = self.user("admin", "system:masters")
        self._as_admin = Admin(self.url, self._pki.folder)
        self._audit_log = AuditLog(self.folder / "logs" / "audit.log")

    def __enter__(self) -> Self:
        try:
            self.start("etcd")
            self.start("kube-apiserver")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str) -> None:
        """Start a component and wait until it answers.

        Raises:
            RuntimeError: it did not become ready; the text ends with its log.
        """
        flags = self._arguments(name)
        arguments = [f"--{flag}={value}" for flag, value in flags.items() if value is not None]
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-ISc", _DIE_WITH_PARENT, str(os.getpid()), self._binaries / name, *arguments],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._wait_ready(name)

    def kill(self, name: str, sig: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal and, unless it only pauses or resumes, wait for the end."""
        self._processes[name].send_signal(sig)
        if sig not in (signal.SIGSTOP, signal.SIGCONT):
            self._processes.pop(name).wait(_STOP_SECONDS)

    def stop(self) -> None:
        """End every component."""
        self._as_admin.close()
        for process in reversed(list(self._processes.values())):
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def request(self, path: str, method: str = "GET", body: object = None) -> Any:
        """Call the API as admin and return the decoded JSON."""
        if method == "GET":
            return json.loads(self._as_admin.read(path))
        with self._as_admin.open(self.url + path, method, body) as response:
            return json.load(response)

    def apply(self, path: str, obj: object) -> Any:
        """Apply `obj` at `path` on the server's side, as a user's tool would."""
        query = "?fieldManager=tests&force=true"
        with self._as_admin.open(self.url + path + query, "PATCH", obj, "application/apply-patch+yaml") as response:
            return json.load(response)

    def since(self, path: str, version: str) -> list[dict[str, Any]]:
        """Return what became of the objects in the collection `path` after resourceVersion `version`, write by write.

        Each is what a watch tells: ``{"type": "ADDED", "object": {…}}``.
        """
        query = f"?watch=true&resourceVersion={version}&timeoutSeconds=5"
        with self._as_admin.open(self.url + path + query) as response:
            return [json.loads(line) for line in response]

    def user(self, name: str, group: str) -> Path:
        """Make a user with a client certificate; return the path of its kubeconfig."""
        certificate, key = self._pki.sign(name, f"/O={group}/CN={name}", "clientAuth")
        return self._kubeconfig(
            name, {"client-certificate-data": _base64(certificate), "client-key-data": _base64(key)}
        )

    def service_account(self, namespace: str, name: str, seconds: int = 3600) -> Path:
        """Make a ServiceAccount if need be and a token for it, as a kubelet would; return a kubeconfig's path."""
        token = self.folder / f"{namespace}-{name}.token"
        token.write_text(self.token(namespace, name, expirationSeconds=seconds))
        return self._kubeconfig(f"{namespace}-{name}", {"tokenFile": str(token)})

    def token(self, namespace: str, name: str, **spec: object) -> str:
        """Make a ServiceAccount if need be, and return a new token of it; `spec` is that of the TokenRequest."""
        accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        with contextlib.suppress(urllib.error.HTTPError):  # 409: it is there already
            self.request(accounts, "POST", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}})
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
        return str(self.request(f"{accounts}/{name}/token", "POST", request)["status"]["token"])

    def audit(self) -> list[dict[str, Any]]:
        """Return the audit log: every write, list and watch so far.

        Of who was turned away because nobody knows who that is, the username is empty.
        """
        return self._audit_log.entries()

    def _arguments(self, name: str) -> dict[str, Any]:
        """Return the flags of a component; a subclass knows more of them."""
        return self._etcd() if name == "etcd" else {**self._kube_apiserver(), **self._flags}

    def _is_ready(self, name: str) -> bool:
        """Return whether a component answers that it is ready. Raises OSError otherwise."""
        url = f"http://127.0.0.1:{self._ports['etcd']}/health" if name == "etcd" else f"{self.url}/readyz"
        with self._as_admin.open(url):
            return True

    def _etcd(self) -> dict[str, Any]:
        client, peer = (f"http://127.0.0.1:{self._ports[port]}" for port in ("etcd", "etcd-peer"))
        return {
            "name": "default",
            "data-dir": self.folder / "etcd",
            "log-level": "warn",
            "unsafe-no-fsync": "true",
            "listen-client-urls": client,
            "advertise-client-urls": client,
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": f"default={peer}",
        }

    def _kube_apiserver(self) -> dict[str, Any]:
        pki = self._pki.folder
        return {
            "etcd-servers": f"http://127.0.0.1:{self._ports['etcd']}",
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "secure-port": self._ports["kube-apiserver"],
            "endpoint-reconciler-type": "none",  # a loopback address is not valid in Endpoints
            "tls-cert-file": pki / "serving.crt",
            "tls-private-key-file": pki / "serving.key",
            "client-ca-file": pki / "ca.crt",
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": pki / "sa.pub",
            "service-account-signing-key-file": pki / "sa.key",
            "service-cluster-ip-range": "10.0.0.0/24",
            "authorization-mode": "RBAC",
            "disable-admission-plugins": "ServiceAccount",  # no controller makes the default ServiceAccount
            "audit-policy-file": self.folder / "audit-policy.json",
            "audit-log-path": self.folder / "logs" / "audit.log",
            "audit-log-mode": "blocking",
        }

    def _wait_ready(self, name: str) -> None:
        process, deadline = self._processes[name], time.monotonic() + self.READY_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self._is_ready(name):
                    return
            time.sleep(0.1)
        log = (self.folder / "logs" / f"{name}.log").read_text(errors="replace")[-3000:]
        raise RuntimeError(f"{name} did not become ready (exit code {process.poll()}); its log ends:\n{log}")

    def _kubeconfig(self, file: str, credentials: dict[str, str]) -> Path:
        cluster = {"server": self.url, "certificate-authority-data": _base64(self._pki.folder / "ca.crt")}
        path = self.folder / f"{file}.kubeconfig"
        path.write_text(
            json.dumps(
                {  # JSON is YAML
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "test",
                    "clusters": [{"name": "test", "cluster": cluster}],
                    "users": [{"name": "test", "user": credentials}],
                    "contexts": [
                        {"name": "test", "context": {"cluster": "test", "user": "test", "namespace": "default"}}
                    ],
                }
            )
        )
        path.chmod(0o600)
        return path


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
