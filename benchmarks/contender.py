"""Contender: one engine in its own interpreter on the measured core (see benchmarks.worker)."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Self

from benchmarks import cores
from benchmarks.environment import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TARGET_SECONDS = 0.03
LEAST_DECISIONS = 2


class Contender(AbstractContextManager["Contender"]):
    """Runs `python -m benchmarks.worker ENGINE SCENARIO`.

    Attributes:
        name: as the table says it.
        answers: what the engine gave to its users after `load`.
    """

    def __init__(
        self, name: str, engine: str, *, scenario: str = "Decider", python: Path | str = sys.executable
    ) -> None:
        self.name = name
        self.answers: dict[str, Any] = {}
        self._decisions = LEAST_DECISIONS
        self._process = subprocess.Popen(
            cores.pinned(cores.MEASURED, [str(python or sys.executable), "-m", "benchmarks.worker", engine, scenario]),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def load(self, flags: int, *, seconds: float = TARGET_SECONDS) -> None:
        """Load so many flags, decide for every user, and find out how many decisions take so many seconds."""
        self.answers = self._ask("load", flags)
        nanoseconds = self._ask("time", LEAST_DECISIONS)["ns"]
        self._decisions = max(LEAST_DECISIONS, int(seconds * 1e9 / nanoseconds))
        self.round()

    def round(self) -> float:
        """Nanoseconds per decision in one round."""
        return float(self._ask("time", self._decisions)["ns"])

    def _ask(self, command: str, argument: int) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({command: argument}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with exit code {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer
