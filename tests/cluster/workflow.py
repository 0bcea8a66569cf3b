"""Workflow: a GitHub Actions workflow whose commands are run here, word for word, in the order of its steps."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
_GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
for last; do :; done
cat "$last" > "$CALLS.body"
"""


@dataclass
class Checkout:
    """A repository whose folder `flags` is laid out as in integrations/kustomize."""

    folder: Path
    binaries: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shutil.copytree(ROOT / "integrations" / "kustomize", self.folder / "flags")
        self.run("git init -q --initial-branch main")
        self.commit("Begin")

    def commit(self, message: str) -> None:
        """Commit all there is."""
        self.run(f"git add -A && git commit -qm '{message}'")

    def run(self, script: str, code: int = 0, **settings: str) -> str:
        """Run `script` as a workflow does; return what it prints."""
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={**self._environment, **settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"{script}\n{done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    @property
    def _environment(self) -> dict[str, str]:
        programs = [str(self.folder.parent / "bin"), str(Path(sys.executable).parent), str(self.binaries)]
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _EVE.items()}
        path = os.pathsep.join([*programs, os.environ["PATH"]])
        return {**os.environ, **who, "PATH": path, "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull, **self.settings}


_EVE = {"NAME": "eve", "EMAIL": "eve@shop.example"}


class Workflow:
    """The workflow of a pull request, on a checkout."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._job = yaml.safe_load((ROOT / "integrations" / "github" / "flags.yaml").read_text())["jobs"]["review"]
        self._folder = checkout.folder.parent
        programs = self._folder / "bin"
        programs.mkdir()
        (programs / "gh").write_text(_GH)
        (programs / "gh").chmod(0o755)

    def run(self, base: str, *, passes: bool = True) -> str:
        """Run the steps on what is checked out, for a pull request against `base`; return the comment that it makes."""
        temporary = self._folder / f"runner-{base}-{passes}"
        temporary.mkdir()
        (output := temporary / "output").touch()
        calls = temporary / "calls"
        event = {"github.event.pull_request.base.sha": base, "github.event.pull_request.number": "17"}
        for step in self._job["steps"]:
            exceeded = "exceeded=true" in output.read_text()
            if (
                "run" not in step
                or step["run"].startswith("pip ")
                or ("exceeded" in step.get("if", "") and not exceeded)
            ):
                continue
            settings = {**self._job["env"], **step.get("env", {})}
            self._checkout.run(
                step["run"],
                code=1 if "exceeded" in step.get("if", "") else 0,
                RUNNER_TEMP=str(temporary),
                GITHUB_OUTPUT=str(output),
                CALLS=str(calls),
                **{name: _filled(value, event) for name, value in settings.items()},
            )
        assert ("exceeded=true" in output.read_text()) is not passes
        assert calls.read_text() == "pr comment 17 --edit-last --create-if-none --body-file comment.md\n"
        self._checkout.run(
            "git worktree remove --force $(git worktree list | tail -1 | cut -d' ' -f1) && rm comment.md flags.sarif"
        )
        return Path(f"{calls}.body").read_text()


def _filled(value: Any, event: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ *([\w.]+) *\}\}", lambda found: event.get(found[1], "secret"), str(value))
