"""docs/rollouts.md, walked by whoever reads it: from the first apply over an approval to a rollback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.cluster.ramping import HOUR, Ramping
from tests.docs.page import blocks, commands, pattern

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

PAGE = Path("docs/rollouts.md")
ARGOCD_CM = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "argocd-cm"},
    "data": {"theirs": "stays"},
}


def test_the_page_leads_from_the_first_apply_to_an_abort(stage: Stage, tmp_path: Path):
    ramping = Ramping(stage, tmp_path)
    manifest = next(block.text for block in blocks(PAGE) if block.path)
    stage.apply(*yaml.safe_load_all(manifest))
    ramping.wait("Holding", "5")
    check(stage, "flagctl rollout list")
    check(stage, "flagctl rollout get checkout")
    check(stage, "flagctl rollout watch checkout --until")
    ramping.after(6 * HOUR)
    ramping.wait("Holding", "25")
    ramping.after(12 * HOUR)
    ramping.wait("AwaitingApproval", "25")
    check(stage, "flagctl rollout approve")
    ramping.wait("Holding", "100")
    check(stage, "flagctl rollout abort")
    ramping.wait("Aborted", "0")


def test_the_page_says_what_to_do_after_a_disaster(stage: Stage, tmp_path: Path):
    ramping = Ramping(stage, tmp_path)
    stage.apply(*yaml.safe_load_all(next(block.text for block in blocks(PAGE) if block.path)))
    ramping.wait("Holding", "5")
    check(stage, "flagctl rollout promote --all")
    ramping.wait("Promoted", "100")


def test_the_page_tells_argocd_how_to_judge(stage: Stage):
    (command,) = (
        each
        for block in blocks(PAGE)
        if "argocd-cm" in block.text and block.text.startswith("$")
        for each in commands(block)
    )
    stage.plane.request(f"/api/v1/namespaces/{stage.namespace}/configmaps", "POST", ARGOCD_CM)
    _, *arguments = command.text.replace("--namespace argocd ", "").split()
    patch = Path(arguments[-1])
    assert yaml.safe_load(patch.read_text())["metadata"]["namespace"] == "argocd"
    ours = stage.plane.folder / f"{stage.namespace}.yaml"
    ours.write_text(patch.read_text().replace("namespace: argocd", f"namespace: {stage.namespace}"))
    assert pattern(command.output).fullmatch(stage.kubectl(*arguments[:-1], str(ours)))
    found = stage.plane.request(f"/api/v1/namespaces/{stage.namespace}/configmaps/argocd-cm")["data"]
    assert found["theirs"] == "stays"
    assert (
        found["resource.customizations.health.flagoperator.dev_Flag"]
        == Path("integrations/argocd/health.lua").read_text()
    )


def check(stage: Stage, first: str) -> None:
    """Run the command of the page that begins with `first`, and compare what it prints."""
    (command,) = next(commands(block) for block in blocks(PAGE) if block.text.startswith(f"$ {first}"))
    program, *arguments = command.text.split()
    done = subprocess.run(
        [Path(sys.executable).parent / program, *arguments, "--namespace", stage.namespace],
        env={**os.environ, "KUBECONFIG": str(stage.plane.admin), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    output = done.stdout + done.stderr
    assert pattern(command.output).fullmatch(output), f"line {command.line}: {command.text}\n{output}"
