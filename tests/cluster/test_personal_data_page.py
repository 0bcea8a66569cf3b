"""docs/personal-data.md says how a person is found and removed: its command finds them, and then no more."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.stage import flag
from tests.docs.page import blocks

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

PAGE = Path("docs/personal-data.md")
PERSON = "the-id"


def found(stage: Stage) -> str:
    (command,) = [block.text for block in blocks(PAGE) if "kubectl get flagoperator" in block.text]
    done = subprocess.run(
        ["bash", "-c", command.replace("--all-namespaces", f"--namespace {stage.namespace}")],
        env={
            **os.environ,
            "KUBECONFIG": str(stage.plane.admin),
            "PATH": f"{stage.plane.kubectl.parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert not done.stderr
    return done.stdout


def test_who_is_named_is_found_and_once_removed_is_not(stage: Stage):
    cohort = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "FlagCohort", "metadata": {"name": "beta"}}
    stage.apply(flag("banner", variants=[{"key": "on", "testers": {"userIds": [PERSON]}}]))
    stage.apply({**cohort, "spec": {"members": [PERSON]}})
    assert found(stage).count(PERSON) == 2
    stage.apply(flag("banner"), {**cohort, "spec": {"members": ["ann"]}})
    assert found(stage) == ""
