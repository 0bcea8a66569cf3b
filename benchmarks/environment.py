"""Environment: an interpreter with pinned packages of its own, under .venvs, made on first use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "benchmarks" / "requirements"


class EnvironmentUnavailableError(Exception):
    """The packages could not be installed."""


def interpreter(name: str) -> Path:
    """Python of the environment with what requirements/NAME.txt pins; the same version that runs this.

    Raises:
        EnvironmentUnavailableError: no network, or no wheel for this Python.
    """
    requirements = REQUIREMENTS / f"{name}.txt"
    home = ROOT / ".venvs" / f"bench-{name}"
    python, installed = home / "bin" / "python", home / "installed.txt"
    wanted = f"{sys.version}\n{requirements.read_text()}"
    if installed.exists() and installed.read_text() == wanted:
        return python
    _run(getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", str(home))
    # The files pin everything, dependencies included.
    _run(str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", str(requirements))
    installed.write_text(wanted)
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise EnvironmentUnavailableError(lines[-1])
