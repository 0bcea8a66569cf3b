"""Go flagd: its evaluation service as a program, and flags in its format, to be compared with flagd."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks import manifests
from benchmarks.environment import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = ROOT / "benchmarks" / "servers" / "go"
PROGRAM = ROOT / ".cache" / "benchmarks" / "go-flagd"


def built() -> Path | None:
    """Return the program; None, and why on standard error, where it cannot be built."""
    if PROGRAM.exists():
        return PROGRAM
    go = shutil.which("go")
    if go is None:
        print("  without Go flagd: there is no Go on the PATH to build it with", file=sys.stderr)
        return None
    print("  building Go flagd, the first time for minutes", file=sys.stderr)
    done = subprocess.run(
        [go, "build", "-o", str(PROGRAM), "."], cwd=SOURCE, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"  without Go flagd, which does not build: {done.stderr[-500:]}", file=sys.stderr)
        return None
    return PROGRAM


def write(path: Path, flags: int) -> None:
    """The same flags as `manifests.COUNTRY_FLAG`, in the format of flagd."""
    named = {manifests.name_of(number): _flag() for number in range(flags)}
    path.write_text(json.dumps({"flags": named}))


def _flag() -> dict[str, object]:
    split = {"fractional": [["a", 50], ["b", 50]]}
    return {
        "state": "ENABLED",
        "variants": {"a": "a", "b": "b"},
        "defaultVariant": "a",
        "targeting": {"if": [{"in": [{"var": "country"}, ["US", "CA", "MX"]]}, split, None]},
    }
