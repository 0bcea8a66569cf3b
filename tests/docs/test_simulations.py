"""The figures of docs/guards.md are those that `make simulate` prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.page import ROOT, blocks

PAGE = Path("docs/guards.md")


@pytest.mark.long
def test_the_figures_of_the_page_are_what_the_command_prints() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/simulate_guards.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout in [block.text for block in blocks(PAGE) if block.language == "text"]
