"""`python -m benchmarks [PART …]`: measure, write benchmarks/results, print the table."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

from benchmarks import cores, machine, results

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.figure import Figure

PARTS = (
    "decision",
    "static",
    "client",
    "segments",
    "all_flags",
    "compiling",
    "scale",
    "cohort",
    "impact",
    "evaluate",
    "reload",
    "envoy",
    "resolve",
    "streams",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when every goal is met, 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure and compare.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure, default all: {', '.join(PARTS)}")
    parser.add_argument("--table", action="store_true", help="measure nothing, print what was measured last")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    cores.stay()
    parts = tuple(options.parts) or PARTS
    failed: list[str] = []
    if not options.table:
        failed = [part for part in parts if not _written(part)]
    return judged(results.read(parts), failed)


def judged(documents: Mapping[str, dict[str, Any]], failed: Sequence[str]) -> int:
    """Print the table, and which parts failed; exit code 0 when none did and every goal is met, else 1."""
    print(results.table(documents))
    for part in failed:
        print(f"{part} failed: its figures, where there are any, are of an earlier run", file=sys.stderr)
    goals = [figure.get("met", True) for document in documents.values() for figure in document["figures"]]
    return 0 if all(goals) and not failed else 1


def measured(part: str, command: str, measure: Callable[[], Sequence[Figure]]) -> dict[str, Any] | None:
    """The document of one part; None when it failed: that is told, and leaves the others to be measured."""
    print(f"{part} …", file=sys.stderr)
    before, started = machine.describe(), time.monotonic()
    try:
        figures = measure()
    except Exception:  # noqa: BLE001
        traceback.print_exc()
        return None
    print(f"  done in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return results.document(part, command, figures, before)


def _written(part: str) -> bool:
    command = f"make bench (or: python -m benchmarks {part})"
    document = measured(part, command, lambda: importlib.import_module(f"benchmarks.{part}").measure())
    if document is not None:
        results.write(document)
    return document is not None
