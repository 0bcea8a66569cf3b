"""Compiling 1,000, 3,000 and 10,000 flags from manifests, changing one of them, bytes of memory per flag."""

from __future__ import annotations

import subprocess
import sys
from contextlib import AbstractContextManager, ExitStack
from typing import Self

from benchmarks import cores
from benchmarks.environment import ROOT
from benchmarks.figure import Figure, Goal, figure, ratios
from benchmarks.rounds import interleave

SIZES = (1_000, 3_000, 10_000)
ROUNDS = {"read": 1, "memory": 1, "compile": 3, "change": 30, "swap": 30}
LINEAR = Goal(1.3, least=False)
FLAT = Goal(1.5, least=False)
SMALL = Goal(10, least=False)
FAST = Goal(0.6, least=False)


class Project(AbstractContextManager["Project"]):
    """Runs `python -m WORKER FLAGS` on the measured core."""

    def __init__(self, flags: int, worker: str = "benchmarks.compiling_worker") -> None:
        self._process = subprocess.Popen(
            cores.pinned(cores.MEASURED, [sys.executable, "-m", worker, str(flags)]),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, command: str) -> float:
        """One measurement."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args} ended with exit code {self._process.wait()}")
        return float(line)


def measure(rounds: dict[str, int] = ROUNDS, sizes: tuple[int, ...] = SIZES) -> list[Figure]:
    """Every size in a process of its own, rounds interleaved."""
    with ExitStack() as stack:
        projects = {}
        for size in sizes:
            projects[size] = stack.enter_context(Project(size))
            projects[size].ask("read")
            print(f"  {size} flags read and compiled", file=sys.stderr)
        values = {command: _rounds(projects, command, count) for command, count in rounds.items()}
    return [*_absolute(values, sizes), *_growth(values, sizes)]


def _rounds(projects: dict[int, Project], command: str, count: int) -> dict[int, list[float]]:
    named = {str(size): (lambda project=project: project.ask(command)) for size, project in projects.items()}
    print(f"  {command}: {count} rounds", file=sys.stderr)
    return {int(size): values for size, values in interleave(named, count).items()}


def _absolute(values: dict[str, dict[int, list[float]]], sizes: tuple[int, ...]) -> list[Figure]:
    figures = []
    for size in sizes:
        flags = f"{size:,} flags"
        figures += [
            figure(f"read {flags} from YAML", values["read"][size], "s"),
            figure(f"compile {flags}", values["compile"][size], "s", goal=FAST if size == sizes[-1] else None),
            figure(f"compile a change of one of {flags}", [1e3 * s for s in values["change"][size]], "ms"),
            figure(f"take the change over into the engine of {flags}", [1e3 * s for s in values["swap"][size]], "ms"),
            figure(
                f"memory of ruleset and engine, {flags}",
                [b / 1024 for b in values["memory"][size]],
                "KiB per flag",
                goal=SMALL,
            ),
        ]
    return figures


def _growth(values: dict[str, dict[int, list[float]]], sizes: tuple[int, ...]) -> list[Figure]:
    small, large = sizes[0], sizes[-1]
    base, factor = f"with {small:,} flags", large / small
    figures = []
    for command, what, goal, divisor in (
        ("read", f"read {large:,} flags from YAML, time per flag", LINEAR, factor),
        ("compile", f"compile {large:,} flags, time per flag", LINEAR, factor),
        ("change", f"compile a change of one of {large:,} flags", FLAT, 1),
        ("swap", f"take the change over into the engine of {large:,} flags", FLAT, 1),
        ("memory", f"memory of ruleset and engine per flag, {large:,} flags", LINEAR, 1),
    ):
        growth = [ratio / divisor for ratio in ratios(values[command][large], values[command][small])]
        figures.append(figure(what, growth, "×", base=base, goal=goal))
    return figures
