from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.docs.page import ROOT
from tests.unit.flagctl.conftest import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script(shell: str, run: Run) -> None:
    shown = run("completion", shell).stdout
    assert f"_FLAGCTL_COMPLETE={shell}_complete" in shown


def test_bash_completes_commands_from_the_script() -> None:
    ask = (
        'source <(flagctl completion bash); COMP_WORDS=(flagctl "li"); COMP_CWORD=1;'
        '_flagctl_completion flagctl; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        [bash, "--norc", "-c", ask], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["lint"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("flagctl st", {"stale"}),
        ("flagctl nosuch do", {"doctor"}),
        ("flagctl lint --out", {"--output"}),
        ("flagctl lint --output ", {"text", "json", "github", "sarif"}),
        ("flagctl key ", {"new", "hash"}),
        ("flagctl completion ", {"bash", "zsh", "fish"}),
        ("flagctl eval examples --flag new-", {"new-account", "new-checkout"}),
        ("flagctl eval nowhere --flag new-", set()),
        ("flagctl eval --server localhost --flag new-", set()),
        ("flagctl compile examples --project ", {"default"}),
    ],
)
def test_commands_options_and_choices_are_completed(words: str, expected: set[str]) -> None:
    environment = {
        **os.environ,
        "_FLAGCTL_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = subprocess.run([PROGRAM], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert {line.partition(",")[2] for line in done.stdout.split()} == expected
    assert done.stderr == "", "it would stand in the middle of a line that somebody types"
