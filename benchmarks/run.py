"""`python -m benchmarks [PART …]`: measure, write benchmarks/results, print the table."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback
from typing import TYPE_CHECKING

from benchmarks import cores, machine, results

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = ("decision", "segments", "all_flags", "compiling", "evaluate", "reload", "envoy", "streams")


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
        failed = [part for part in parts if not _measured(part)]
    documents = results.read(parts)
    print(results.table(documents))
    for part in failed:
        print(f"{part} failed: its figures are of an earlier run", file=sys.stderr)
    goals = [figure.get("met", True) for document in documents.values() for figure in document["figures"]]
    return 0 if all(goals) and not failed else 1


def _measured(part: str) -> bool:
    """Measure one part; a failure is told, and leaves the others to be measured."""
    print(f"{part} …", file=sys.stderr)
    before, started = machine.describe(), time.monotonic()
    try:
        figures = importlib.import_module(f"benchmarks.{part}").measure()
    except Exception:  # noqa: BLE001
        traceback.print_exc()
        return False
    results.write(part, figures, before)
    print(f"  done in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return True
