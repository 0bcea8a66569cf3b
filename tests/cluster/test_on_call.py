"""docs/on-call.md shows what a terminal shows, in a cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.stage import flag
from tests.docs.page import blocks, commands, pattern

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

PAGE = Path("docs/on-call.md")


def typed(stage: Stage, command: str) -> str:
    """Run a command of the page in the namespace of the stage; return what it prints."""
    tool, _, rest = command.partition(" ")
    program = {"kubectl": stage.plane.kubectl, "flagctl": Path(sys.executable).parent / "flagctl"}[tool]
    done = subprocess.run(
        ["bash", "-c", f"{program} {rest} --namespace {stage.namespace}"],
        env={**os.environ, "KUBECONFIG": str(stage.plane.admin), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def test_a_flag_that_was_switched_off_is_found_and_put_back_as_the_page_shows(stage: Stage):
    stage.operator()
    replica = stage.replica("flagd-0")
    stage.apply(flag("banner"))
    stage.wait("banner", Published="True")
    stage.kubectl("patch", "flag", "banner", "--type=merge", "--patch", '{"spec": {"active": false}}')
    stage.wait("banner", Published="True")
    (block,) = [one for one in blocks(PAGE) if one.language == "text"]
    for command in commands(block):
        shown = pattern(tuple(line for line in command.output if line.strip()))
        stage.until(
            lambda text=command.text, shown=shown: shown.fullmatch(typed(stage, text)),
            lambda text=command.text: f"{text}\n{typed(stage, text)}",
        )
    stage.until(lambda: stage.variant(replica, "banner") == "on")
