"""Generates the CRDs from the models: a file each for the chart, charts/crds.yaml for all, a copy for later versions.

The copy of this version follows the models until the next version has its own; then it must not change any more.

`--check` compares instead of writing.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any

import yaml

from flagd.manifest import crds

ROOT = Path(__file__).resolve().parent.parent
CHARTS = ROOT / "charts"
FOLDER = CHARTS / "flagoperator" / "files" / "crds"
WHOLE = CHARTS / "crds.yaml"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
COPY = ROOT / "tests" / "chart" / "released" / f"{VERSION}.yaml"
HEADER = "# Generated from src/flagd/manifest by scripts/generate_crds.py: edit the models there.\n"


def render() -> dict[Path, str]:
    """Return the text of every file by its path."""
    files = {FOLDER / f"{crd['spec']['names']['plural']}.yaml": HEADER + _dump(crd) for crd in crds()}
    whole = HEADER + "".join(f"---\n{_dump(crd)}" for crd in crds())
    return files | {WHOLE: whole, COPY: whole}


def _dump(crd: dict[str, Any]) -> str:
    return yaml.safe_dump(crd, sort_keys=False, width=110, allow_unicode=True)


def main() -> int:
    """Write the files, or compare them with what is committed (exit code 1 when they differ)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments = parser.parse_args()
    wanted = render()
    there = {path: path.read_text() for path in (*FOLDER.glob("*.yaml"), WHOLE, COPY) if path.exists()}
    if not arguments.check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for path in there.keys() - wanted.keys():
            path.unlink()
        for path, text in wanted.items():
            path.write_text(text)
        return 0
    if there == wanted:
        return 0
    print("the CRDs in charts and tests/chart/released differ from the models: run `make generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
