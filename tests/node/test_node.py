"""A node ends with the tests that started it, however they end; one that does not come up says why."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.node import cgroup
from tests.node.fitness import unfit
from tests.node.node import ROOT, Node, twice
from tests.wire.process import eventually

START = "import pathlib, sys; from tests.node.node import Node; Node(*map(pathlib.Path, sys.argv[1:]), []).start()"


@pytest.fixture
def fit() -> None:
    if reason := unfit() or ("" if shutil.which("ip", path="/usr/sbin:/sbin") else "no iproute2"):
        pytest.skip(reason)


def containerd(folder: Path, command: str) -> Path:
    """Return a folder with a containerd that does something else."""
    programs = folder / "programs"
    programs.mkdir()
    (programs / "containerd").write_text(f"#!/bin/sh\n{command}\n")
    (programs / "containerd").chmod(0o755)
    return programs


@pytest.mark.usefixtures("fit")
def test_a_node_ends_with_tests_that_are_killed(tmp_path: Path):
    programs = containerd(tmp_path, "exec sleep 600")  # never ready, so the node waits for it
    log = tmp_path / "logs/containerd.log"
    with subprocess.Popen([sys.executable, "-c", START, tmp_path, programs], cwd=ROOT) as tests:
        eventually(log.exists)
        tests.kill()
    running = Path("/proc", (tmp_path / "pid").read_text())
    eventually(lambda: not running.exists())
    cgroup.remove((tmp_path / "cgroup").read_text())


@pytest.mark.usefixtures("fit")
def test_a_node_of_which_a_component_ends_fails_with_what_it_said(tmp_path: Path):
    node = Node(tmp_path, containerd(tmp_path, "echo no such snapshotter; exit 3"), [])
    with pytest.raises(RuntimeError, match=r"(?s)containerd\.log\nno such snapshotter.*exit code 3"):
        node.start()


@pytest.mark.parametrize("failures", range(2))
def test_what_fails_once_is_made_in_a_second_attempt(failures: int, capsys: pytest.CaptureFixture[str]):
    errors: list[Exception] = [RuntimeError("kubelet did not become ready") for _ in range(failures)]
    assert twice(lambda: made(errors)) == "node"
    assert capsys.readouterr().out.count("kubelet did not become ready") == failures


def test_what_fails_in_the_second_attempt_too_has_failed():
    errors: list[Exception] = [OSError("first"), OSError("second")]
    with pytest.raises(OSError, match="second"):
        twice(lambda: made(errors))


def made(errors: list[Exception]) -> str:
    if errors:
        raise errors.pop(0)
    return "node"
