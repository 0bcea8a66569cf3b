"""Generates src/flagd/v1/*_pb2*.py from protos/; `--check` compares instead of writing.

The committed code names the oldest grpcio and protobuf it runs with: those of the pinned
grpcio-tools. Raise them here, in pyproject.toml and in requirements/ together.
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"


def generate(out: Path) -> list[Path]:
    """Generate into `out` and return the files made, relative to it."""
    out.mkdir(parents=True, exist_ok=True)
    sources = sorted(path.relative_to(PROTOS).as_posix() for path in PROTOS.rglob("*.proto"))
    options = [f"--{kind}_out={out}" for kind in ("python", "pyi", "grpc_python")]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTOS}", *options, *sources], check=True)
    return sorted(path.relative_to(out) for path in out.rglob("*_pb2*"))


def main() -> int:
    """Write the generated code, or compare it with what is committed (exit code 1 when it differs)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed code, write nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = generate(Path(folder))
        if arguments.check:
            stale = [path for path in made if not _same(Path(folder) / path, ROOT / "src" / path)]
            for path in stale:
                print(f"src/{path} differs from protos/: run scripts/generate_protos.py", file=sys.stderr)
            return bool(stale)
        for path in made:
            shutil.copy(Path(folder) / path, ROOT / "src" / path)
    return 0


def _same(made: Path, committed: Path) -> bool:
    return committed.exists() and filecmp.cmp(made, committed, shallow=False)


if __name__ == "__main__":
    sys.exit(main())
