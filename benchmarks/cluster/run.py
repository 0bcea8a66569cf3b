"""`python -m benchmarks.cluster [PART …]`: start a control plane, measure, keep the results, print the table."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import results
from benchmarks.cluster import COMMAND, PARTS
from benchmarks.cluster.effort import FULL
from benchmarks.cluster.site import Site
from benchmarks.run import judged, measured
from tests.cluster.assets import AssetsUnavailableError, assets
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import install

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.cluster.effort import Effort

NO_CONTROL_PLANE = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when every goal is met, 1 when one is missed, 3 where there is no control plane."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description="Measure the operator.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure, default all: {', '.join(PARTS)}")
    parser.add_argument(
        "--flags", type=int, default=FULL.flags, help="in the project, default %(default)s; others are dry"
    )
    parser.add_argument("--dry", action="store_true", help="print what is measured, do not keep it")
    parser.add_argument("--table", action="store_true", help="measure nothing, print what was measured last")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    parts = [part for part in PARTS if part in options.parts or not options.parts]
    if options.table:
        return judged(results.read([_name(part) for part in parts]), ())
    try:
        binaries = assets()
    except AssetsUnavailableError as error:
        print(error, file=sys.stderr)
        return NO_CONTROL_PLANE
    keep = not options.dry and options.flags == FULL.flags
    with tempfile.TemporaryDirectory(prefix="flagoperator-") as folder, ControlPlane(Path(folder), binaries) as plane:
        install(plane)
        with Site(plane) as site:
            documents = {part: _measured(part, site, replace(FULL, flags=options.flags), keep=keep) for part in parts}
    failed = [part for part, document in documents.items() if document is None]
    return judged({part: document for part, document in documents.items() if document is not None}, failed)


def _measured(part: str, site: Site, effort: Effort, *, keep: bool) -> dict[str, Any] | None:
    module = importlib.import_module(f"benchmarks.cluster.{part}")
    command = f"{COMMAND} (or: python -m benchmarks.cluster {part})"
    document = measured(_name(part), command, lambda: module.measure(site, effort))
    if keep and document is not None:
        results.write(document)
    return document


def _name(part: str) -> str:
    return f"cluster_{part}"
