"""What ends the run of CI: the node's tests that fail, not a machine that cannot be a node."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAILS_FOR_NODE = 'case "$*" in *test-node-short*) echo no answer; exit 2;; esac'
NO_NODE = "NoNodeError: no node came up in two attempts"


def run(folder: Path, make: str, python: str) -> subprocess.CompletedProcess[str]:
    """Run .ci/run where make and the Python of .venv do something else."""
    programs = {"bin/make": make, "bin/chromium": "", ".venv/bin/python": python, "scripts/find_python.sh": ""}
    for name, command in programs.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{command}\n")
        (folder / name).chmod(0o755)
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    environment = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}"}
    return subprocess.run([folder / ".ci/run"], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("make", "python", "code", "said"),
    [
        ("", "", 0, ["The node: passed"]),
        (FAILS_FOR_NODE, "", 1, ["    no answer", "The node: FAILED"]),
        (
            FAILS_FOR_NODE.replace("no answer", "NoNodeError: no node came up in two attempts"),
            "",
            0,
            ["nothing was tried on one"],
        ),
        (FAILS_FOR_NODE, "echo It lacks overlays; exit 1", 0, ["It lacks overlays", "The node: skipped"]),
    ],
    ids=["the node passes", "the node fails", "no node comes up", "the machine cannot be a node"],
)
def test_a_node_that_fails_fails_the_run(tmp_path: Path, make: str, python: str, code: int, said: list[str]):
    done = run(tmp_path, make, python)
    assert done.returncode == code, done
    assert [line for line in said if line not in done.stdout] == []
