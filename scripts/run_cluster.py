"""A real API server, the operator and two flagd on loopback, with examples/ applied: what `make run-cluster` does.

With --once it shows its session and ends; without, it goes on until Ctrl-C.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.cluster.assets import AssetsUnavailableError, assets  # noqa: E402
from tests.cluster.control_plane import ControlPlane  # noqa: E402
from tests.cluster.installation import authorize, install  # noqa: E402
from tests.ports import free_ports  # noqa: E402

BIN = Path(sys.executable).parent
SYSTEM = "flags-system"
STOP_SECONDS = 20
NEXT = """
The cluster runs until Ctrl-C. In another terminal, in this folder:

  export KUBECONFIG={kubeconfig}
  alias kubectl={kubectl}
  kubectl get flags
  kubectl edit flag new-checkout
  .venv/bin/flagctl apply examples/01-release --wait --force-conflicts
  .venv/bin/flagctl eval --server {server} --flag new-checkout --user '{{"user_id": "eve"}}'

Logs: {logs}
"""


class Session:
    """Processes, and a shell that shows what it runs."""

    def __init__(self, plane: ControlPlane) -> None:
        self.plane = plane
        self._processes: list[subprocess.Popen[bytes]] = []
        path = f"{plane.kubectl.parent}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, "KUBECONFIG": str(plane.admin), "PATH": path}

    def start(self, name: str, *command: object) -> None:
        """Run `command` in the background; its output goes to a file of its name."""
        with (self.plane.folder / "logs" / f"{name}.log").open("wb") as log:
            words = [str(word) for word in command]
            self._processes.append(subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True))

    def type(self, command: str) -> None:
        """Run `command` as somebody at a terminal would."""
        print(f"\n$ {command}", flush=True)
        self.run(command)

    def run(self, command: str) -> None:
        """Run `command`."""
        subprocess.run(["/bin/bash", "-c", command], cwd=ROOT, env=self.environment, check=True)

    def stop(self) -> None:
        """End what was started."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(STOP_SECONDS)


def show(session: Session, server: str) -> None:
    """Apply the examples, ask, change a percentage, ask again."""
    ask = f'flagctl eval --server {server} --flag new-checkout --user \'{{"user_id": "eve"}}\''
    ann = ask.replace("eve", "ann")
    session.type("kubectl apply --server-side --recursive --filename examples > /dev/null")
    session.type("kubectl wait --for=condition=Published --timeout=60s flag/new-checkout")
    session.run("kubectl wait --for=condition=Published --timeout=60s flags --all --all-namespaces > /dev/null")
    session.type("kubectl get flags")
    session.type(ask)
    session.type(ann)
    session.type(
        'kubectl patch flag new-checkout --type=merge --patch \'{"spec": {"allOtherUsers": {"percent": 100}}}\''
    )
    session.type("kubectl wait --for=jsonpath='{.status.observedGeneration}'=2 --timeout=60s flag/new-checkout")
    session.type("kubectl wait --for=condition=Published --timeout=60s flag/new-checkout")
    session.type(ann)


def main() -> int:
    """Run until Ctrl-C. Returns 3 where there is nothing to run."""
    try:
        print("Looking for etcd, kube-apiserver and kubectl; building them takes minutes, once …", flush=True)
        binaries = assets()
    except AssetsUnavailableError as error:
        print(error, file=sys.stderr)
        return 3
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="flagoperator-")))
        plane = stack.enter_context(ControlPlane(folder, binaries))
        session = Session(plane)
        stack.callback(session.stop)
        install(plane)
        server = start(session, authorize(plane))
        show(session, server)
        if "--once" not in sys.argv:
            shown = {"kubeconfig": plane.admin, "kubectl": plane.kubectl, "server": server}
            print(NEXT.format(**shown, logs=folder / "logs"), flush=True)
            while not stop.wait(1):
                pass
    return 0


def start(session: Session, kubeconfig: Path) -> str:
    """Start the operator and two replicas; return the address of one."""
    operator, management, *servers = (f"127.0.0.1:{port}" for port in free_ports(4))
    state = session.plane.folder / "state"
    state.mkdir()
    session.start(
        "flagoperator",
        *(BIN / "flagoperator", "run", "--kubeconfig", kubeconfig, "--lease-namespace", SYSTEM),
        *("--listen", operator, "--management-listen", management),
        *("--state-dir", state),
    )
    for number, server in enumerate(servers):
        session.start(
            f"flagd-{number}",
            *(BIN / "flagd", "serve", "--operator", operator, "--name", f"flagd-{number}", "--listen", server),
            *("--management-listen", "127.0.0.1:0", "--ruleset-listen", "127.0.0.1:0"),
            *("--default-project", "default"),
        )
    while connected(management) < len(servers):
        time.sleep(0.1)
    return servers[0]


def connected(management: str) -> int:
    """Return how many replicas the operator knows."""
    connection = HTTPConnection(management, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return len(json.loads(connection.getresponse().read())["replicas"])
    except OSError:
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
