"""Generates the CRDs from the models: a file each for the chart, and charts/crds.yaml for all.

`--check` compares instead of writing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from flagd.manifest import crds

CHARTS = Path(__file__).resolve().parent.parent / "charts"
FOLDER = CHARTS / "flagoperator" / "files" / "crds"
WHOLE = CHARTS / "crds.yaml"
HEADER = "# Generated from src/flagd/manifest by scripts/generate_crds.py: edit the models there.\n"


def render() -> dict[Path, str]:
    """Return the text of every file by its path."""
    files = {FOLDER / f"{crd['spec']['names']['plural']}.yaml": HEADER + _dump(crd) for crd in crds()}
    return files | {WHOLE: HEADER + "".join(f"---\n{_dump(crd)}" for crd in crds())}


def _dump(crd: dict[str, Any]) -> str:
    return yaml.safe_dump(crd, sort_keys=False, width=110, allow_unicode=True)


def main() -> int:
    """Write the files, or compare them with what is committed (exit code 1 when they differ)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments = parser.parse_args()
    wanted = render()
    there = {path: path.read_text() for path in (*FOLDER.glob("*.yaml"), WHOLE) if path.exists()}
    if not arguments.check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for path in there.keys() - wanted.keys():
            path.unlink()
        for path, text in wanted.items():
            path.write_text(text)
        return 0
    if there == wanted:
        return 0
    print("the CRDs in charts differ from the models: run `make generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
