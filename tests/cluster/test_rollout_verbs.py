"""flagctl rollout on a real API server: what people and pipelines see and ask, with a clock of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.ramping import HOUR, Ramping, plan, ramped

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

STEPS: list[dict[str, Any]] = [{"percent": 5, "approval": True}, {"percent": 25, "hold": "6h"}, {"percent": 100}]


@pytest.fixture
def ramping(stage: Stage, tmp_path: Path) -> Ramping:
    return Ramping(stage, tmp_path)


def command(ramping: Ramping, *arguments: str) -> tuple[list[str], dict[str, Any]]:
    words = [
        str(Path(sys.executable).parent / "flagctl"),
        "rollout",
        *arguments,
        "--namespace",
        ramping.stage.namespace,
    ]
    environment = {**os.environ, "KUBECONFIG": str(ramping.stage.plane.admin), "NO_COLOR": "1"}
    return words, {"env": environment, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


def rollout(ramping: Ramping, *arguments: str, code: int = 0) -> str:
    """Run flagctl rollout; return what it prints."""
    words, how = command(ramping, *arguments)
    done = subprocess.run(words, timeout=90, check=False, **how)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_a_pipeline_waits_approves_and_sees_the_end(ramping: Ramping):
    ramping.stage.apply(plan(steps=STEPS), ramped())
    words, how = command(ramping, "watch", "checkout", "--until", "RolledOut", "--timeout", "10m")
    with subprocess.Popen(words, **how) as waiting:
        ramping.wait("AwaitingApproval", "5")
        assert "AwaitingApproval" in rollout(ramping, "list")
        assert "● 5 %  approval  ← AwaitingApproval" in rollout(ramping, "get", "checkout")
        assert "approved" in rollout(ramping, "approve", "checkout")
        ramping.wait("Holding", "25")
        ramping.after(6 * HOUR)
        out, err = waiting.communicate(timeout=120)
    assert waiting.returncode == 0, err
    assert "AwaitingApproval" in out
    (handled,) = json.loads(rollout(ramping, "get", "checkout", "--output", "json"))["handled"]
    assert handled["verb"] == "approve"
    assert "manager flagctl, not verified" in handled["by"]


def test_a_pipeline_that_waits_ends_when_the_run_goes_back(ramping: Ramping):
    ramping.stage.apply(plan(steps=STEPS), ramped())
    ramping.wait("AwaitingApproval", "5")
    waits = ("watch", "checkout", "--until", "RolledOut")
    assert "is not RolledOut yet" in rollout(ramping, *waits, "--timeout", "1s", code=4)
    rollout(ramping, "abort", "checkout")
    ramping.wait("Aborted", "0")
    ramping.stage.wait("checkout", Stalled="True")
    says = rollout(ramping, *waits, code=1)
    assert "is not rolled out and needs somebody" in says
    assert "has no run to approve: it is RolledBack" in rollout(ramping, "approve", "checkout", code=1)
    rollout(ramping, "retry", "checkout")
    ramping.wait("AwaitingApproval", "5")


def test_one_command_stops_a_namespace_and_another_takes_every_goal(ramping: Ramping):
    names = ("checkout", "search", "basket")
    ramping.stage.apply(plan(), *(ramped(name) for name in names))
    for name in names:
        ramping.wait("Holding", "5", name)
    assert "3 of 3 flags have a run to pause" in rollout(ramping, "pause", "--all")
    for name in names:
        ramping.wait("Manual", "5", name)
    assert "PromoteRefused" not in rollout(ramping, "resume", "--all")
    for name in names:
        ramping.wait("Holding", "5", name)
    rollout(ramping, "promote", "--all")
    for name in names:
        ramping.wait("Promoted", "100", name)
    assert "0 of 3 flags" in rollout(ramping, "pause", "--all")


def test_a_name_that_is_none_is_told(ramping: Ramping):
    ramping.stage.apply(plan(), ramped())
    assert 'there is no flag "chekcout"' in rollout(ramping, "approve", "chekcout", code=1)


def test_kubectl_finds_it_as_a_plugin(ramping: Ramping, tmp_path: Path):
    plugin = tmp_path / "kubectl-flags"
    plugin.symlink_to(Path(sys.executable).parent / "flagctl")
    ramping.stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    done = subprocess.run(
        [ramping.stage.plane.kubectl, "flags", "rollout", "list", "--namespace", ramping.stage.namespace],
        env={
            "KUBECONFIG": str(ramping.stage.plane.admin),
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    assert "checkout" in done.stdout
