"""A node ends with the tests that started it, however they end."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.node import cgroup
from tests.node.fitness import unfit
from tests.node.node import ROOT
from tests.wire.process import eventually

START = "import pathlib, sys; from tests.node.node import Node; Node(*map(pathlib.Path, sys.argv[1:]), []).__enter__()"


def test_a_node_ends_with_tests_that_are_killed(tmp_path: Path):
    if reason := unfit() or ("" if shutil.which("ip", path="/usr/sbin:/sbin") else "no iproute2"):
        pytest.skip(reason)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "containerd").write_text("#!/bin/sh\nexec sleep 600\n")  # never ready, so the node waits for it
    (programs / "containerd").chmod(0o755)
    log = tmp_path / "logs/containerd.log"
    with subprocess.Popen([sys.executable, "-c", START, tmp_path, programs], cwd=ROOT) as tests:
        eventually(log.exists)
        tests.kill()
    running = Path("/proc", (tmp_path / "pid").read_text())
    eventually(lambda: not running.exists())
    cgroup.remove((tmp_path / "cgroup").read_text())
