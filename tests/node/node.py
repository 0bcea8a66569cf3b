"""Node: starts a Machine in namespaces of its own, enters them, and leaves nothing behind.

python -m tests.node.node FOLDER PROGRAMS IMAGE…      the process inside; tests use Node
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tests.node import cgroup
from tests.node.fitness import SPACES
from tests.node.machine import SECONDS, Machine, isolate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[2]
Made = TypeVar("Made")


class NoNodeError(Exception):
    """No node came up here."""

    def __init__(self) -> None:
        super().__init__("no node came up in two attempts")  # .ci/run looks for these words


class Node:
    """A node in `folder` with `images`, ready once started, and gone once stopped."""

    def __init__(self, folder: Path, programs: Path, images: Sequence[Path]) -> None:
        self.folder, self._programs, self._images = folder, programs, images

    def start(self) -> None:
        """Start the node, and wait until it takes pods.

        Raises:
            RuntimeError: it does not; the text is how its logs end.
        """
        words = ["setpriv", "--pdeathsig=KILL", *SPACES]  # ends when the tests do, however they end
        inside = [sys.executable, "-m", "tests.node.node", self.folder, self._programs, *self._images]
        with (self.folder / "node.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*words, *inside], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 2 * SECONDS
        while not (self.folder / "ready").exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(self._said())
            time.sleep(0.1)

    def _said(self) -> str:
        """Return how the log of each component ends, and what the first process said last."""
        logs = [*sorted(self.folder.glob("logs/[!a]*.log")), self.folder / "node.log"]  # not audit.log
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}" for log in logs)

    def restart(self) -> None:
        """Cut the power, and switch it on again: what was on disk is there."""
        self.stop()
        (self.folder / "ready").unlink()
        self.start()

    def stop(self) -> None:
        """End the node, and with its first process, by --kill-child, everything in it; remove its control groups."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            cgroup.remove((self.folder / "cgroup").read_text())

    def run(self, *words: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program with the host's files in the node's network, as its administrator."""
        argv = [*self.inside(), *words]
        done = subprocess.run(
            argv, input=stdin, capture_output=True, text=True, timeout=400, check=False, env=self.env()
        )
        if check and done.returncode:
            raise RuntimeError(f"{words}: {done.stdout[-2000:]} {done.stderr[-3000:]}")
        return done

    def shell(self, command: str) -> str:
        """Run what a person types at the project's folder, and return what it prints; its errors too."""
        argv = [*self.inside(), "bash", "-o", "pipefail", "-c", command]
        done = subprocess.run(
            argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=400, check=False,
            env=self.env(), stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout[-3000:]}")
        return done.stdout

    def inside(self) -> list[str]:
        """Return the words that run a command in the node's network."""
        return ["nsenter", f"--target={(self.folder / 'pid').read_text()}", "--net", "--"]

    def env(self) -> dict[str, str]:
        """Return the environment of such a command."""
        path = f"{self._programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {**os.environ, "KUBECONFIG": str(self.folder / "admin.kubeconfig"), "PATH": path}


def twice(make: Callable[[], Made]) -> Made:
    """Return what `make` makes, in a second attempt if the first fails: for what is no fault of ours."""
    try:
        return make()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        print(f"A second attempt, since this one failed: {error}")
    return make()


def main() -> None:
    """Be the first process of the namespaces: start everything, then wait."""
    folder, programs, *images = map(Path, sys.argv[1:])
    pid = int(Path("/proc/self").readlink().name)  # /proc is still the host's, so others know us by this number
    subprocess.run(["mount", "-t", "proc", "proc", "/proc"], check=True)
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    name = f"node-{pid}"
    (folder / "pid").write_text(str(pid))
    (folder / "cgroup").write_text(name)
    isolate(folder)
    cgroup.make(name)
    machine = Machine(folder, programs, f"/{name}")
    machine.start_all(images)
    (folder / "ready").touch()
    while machine.running():
        pass


if __name__ == "__main__":
    main()
